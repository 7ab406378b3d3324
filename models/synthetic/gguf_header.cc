#include "models/synthetic/gguf_header.h"

#include <cstring>

#include "models/format/file_format.h"

namespace weighin {
namespace {

constexpr uint32_t magic = 0x46554747;  // "GGUF"
constexpr uint32_t version = 3;
enum ValueType : uint32_t { u32 = 4, i32 = 5, f32 = 6, boolean = 7, text = 8, array = 9 };

template <class T>
void put(std::string& bytes, T value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

void put_text(std::string& bytes, std::string_view value) {
  put<uint64_t>(bytes, value.size());
  bytes += value;
}

void put_array(std::string& bytes, ValueType type, size_t count) {
  put<uint32_t>(bytes, type);
  put<uint64_t>(bytes, count);
}

}  // namespace

void GgufHeader::key(std::string_view name, uint32_t type) {
  put_text(metadata_, name);
  put<uint32_t>(metadata_, type);
  ++metadata_count_;
}

void GgufHeader::add(std::string_view name, uint32_t value) {
  key(name, u32);
  put(metadata_, value);
}
void GgufHeader::add(std::string_view name, float value) {
  key(name, f32);
  put(metadata_, value);
}
void GgufHeader::add(std::string_view name, bool value) {
  key(name, boolean);
  put<uint8_t>(metadata_, value);
}
void GgufHeader::add(std::string_view name, std::string_view value) {
  key(name, text);
  put_text(metadata_, value);
}
void GgufHeader::add(std::string_view name, const std::vector<uint32_t>& values) {
  key(name, array);
  put_array(metadata_, u32, values.size());
  for (const uint32_t value : values) put(metadata_, value);
}
void GgufHeader::add(std::string_view name, const std::vector<bool>& values) {
  key(name, array);
  put_array(metadata_, boolean, values.size());
  for (const bool value : values) put<uint8_t>(metadata_, value);
}
void GgufHeader::add(std::string_view name, const std::vector<int32_t>& values) {
  key(name, array);
  put_array(metadata_, i32, values.size());
  for (const int32_t value : values) put(metadata_, value);
}
void GgufHeader::add(std::string_view name, const std::vector<float>& values) {
  key(name, array);
  put_array(metadata_, f32, values.size());
  for (const float value : values) put(metadata_, value);
}
void GgufHeader::add(std::string_view name, const std::vector<std::string>& values) {
  key(name, array);
  put_array(metadata_, text, values.size());
  for (const std::string& value : values) put_text(metadata_, value);
}

void GgufHeader::add_tensor(std::string_view name, const std::vector<uint64_t>& dimensions,
                            uint32_t gguf_type, uint64_t offset) {
  put_text(tensors_, name);
  put(tensors_, static_cast<uint32_t>(dimensions.size()));
  for (const uint64_t dimension : dimensions) put(tensors_, dimension);
  put(tensors_, gguf_type);
  put(tensors_, offset);
  ++tensor_count_;
}

std::string GgufHeader::finish() const {
  std::string bytes;
  put(bytes, magic);
  put(bytes, version);
  put(bytes, tensor_count_);
  put(bytes, metadata_count_);
  bytes += metadata_;
  bytes += tensors_;
  bytes.resize((bytes.size() + gguf_alignment - 1) / gguf_alignment * gguf_alignment);
  return bytes;
}

}  // namespace weighin
