// GGUF headers that are made for tests. They are valid, and tests change bytes of them to make them wrong.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include "models/format/format.h"
#include "models/gguf/gguf.h"

namespace weighin {

/// Makes a GGUF file of version 3 with keys, tensors, and zeros as their data.
class MadeGguf {
 public:
  explicit MadeGguf(uint32_t version = 3) : version_(version) {}

  MadeGguf& text(const std::string& key, const std::string& value) {
    pair(key, GgufType::text);
    put_text(keys_, value);
    return *this;
  }
  MadeGguf& u32(const std::string& key, uint32_t value) {
    pair(key, GgufType::u32);
    put(keys_, value);
    return *this;
  }
  MadeGguf& u16(const std::string& key, uint16_t value) {
    pair(key, GgufType::u16);
    put(keys_, value);
    return *this;
  }
  MadeGguf& f32(const std::string& key, float value) {
    pair(key, GgufType::f32);
    put(keys_, value);
    return *this;
  }
  MadeGguf& boolean(const std::string& key, bool value) {
    pair(key, GgufType::boolean);
    keys_ += static_cast<char>(value);
    return *this;
  }
  MadeGguf& i32(const std::string& key, int32_t value) {
    pair(key, GgufType::i32);
    put(keys_, value);
    return *this;
  }
  MadeGguf& i32_array(const std::string& key, const std::vector<int32_t>& values) {
    array(key, GgufType::i32, values.size());
    for (const int32_t value : values) put(keys_, value);
    return *this;
  }
  MadeGguf& boolean_array(const std::string& key, const std::vector<bool>& values) {
    array(key, GgufType::boolean, values.size());
    for (const bool value : values) keys_ += static_cast<char>(value);
    return *this;
  }
  /// Adds `count` tokens of six bytes each.
  MadeGguf& tokens(const std::string& key, uint32_t count) {
    array(key, GgufType::text, count);
    for (uint32_t i = 0; i < count; ++i) put_text(keys_, fmt::format("{:06}", i));
    return *this;
  }
  MadeGguf& tensor(const std::string& name, std::initializer_list<uint64_t> dimensions, FormatId format) {
    uint64_t values = 1;
    for (const uint64_t dimension : dimensions) values *= dimension;
    const QuantFormat& of = format_of(format);
    const uint64_t offset = (data_bytes_ + 31) / 32 * 32;
    raw_tensor(name, dimensions, of.gguf_type, offset);
    data_bytes_ = offset + values / of.block_values * of.block_bytes;
    return *this;
  }
  MadeGguf& raw_tensor(const std::string& name, std::initializer_list<uint64_t> dimensions, uint32_t type,
                       uint64_t offset) {
    ++tensors_;
    put_text(infos_, name);
    put(infos_, static_cast<uint32_t>(dimensions.size()));
    for (const uint64_t dimension : dimensions) put(infos_, dimension);
    put(infos_, type);
    put(infos_, offset);
    return *this;
  }
  MadeGguf& data_bytes(uint64_t bytes) {
    data_bytes_ = bytes;
    return *this;
  }

  std::string header() const {
    std::string file = "GGUF";
    put(file, version_);
    put(file, tensors_);
    put(file, pairs_);
    return file + keys_ + infos_;
  }
  uint64_t data_offset() const { return (header().size() + 31) / 32 * 32; }
  uint64_t size() const { return data_offset() + data_bytes_; }
  std::string bytes() const {
    std::string file = header();
    file.resize(size());
    return file;
  }

 private:
  template <class T>
  static void put(std::string& to, T value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  static void put_text(std::string& to, const std::string& text) {
    put(to, uint64_t{text.size()});
    to += text;
  }
  void pair(const std::string& key, GgufType type) {
    ++pairs_;
    put_text(keys_, key);
    put(keys_, static_cast<uint32_t>(type));
  }
  void array(const std::string& key, GgufType type, uint64_t count) {
    pair(key, GgufType::array);
    put(keys_, static_cast<uint32_t>(type));
    put(keys_, count);
  }

  uint32_t version_;
  uint64_t tensors_ = 0, pairs_ = 0, data_bytes_ = 0;
  std::string keys_, infos_;
};

/// A model with the sizes of Llama 3.2 1B, except that it has `layers` layers and a vocabulary of 1000.
inline MadeGguf made_llama(uint32_t layers, FormatId format = FormatId::q4_K) {
  MadeGguf file;
  file.text("general.architecture", "llama")
      .text("general.name", "Made Llama 1B")
      .u32("general.file_type", 15);
  file.u32("llama.block_count", layers)
      .u32("llama.context_length", 131072)
      .u32("llama.embedding_length", 2048);
  file.u32("llama.feed_forward_length", 8192).u32("llama.attention.head_count", 32);
  file.u32("llama.attention.head_count_kv", 8).u32("llama.attention.key_length", 64);
  file.f32("llama.attention.layer_norm_rms_epsilon", 1e-5f).tokens("tokenizer.ggml.tokens", 1000);
  file.tensor("token_embd.weight", {2048, 1000}, FormatId::q6_K);
  for (uint32_t i = 0; i < layers; ++i) {
    const auto add = [&](const char* part, std::initializer_list<uint64_t> dimensions, FormatId in) {
      file.tensor(fmt::format("blk.{}.{}.weight", i, part), dimensions, in);
    };
    add("attn_norm", {2048}, FormatId::f32);
    add("attn_q", {2048, 2048}, format);
    add("attn_k", {2048, 512}, format);
    add("attn_v", {2048, 512}, FormatId::q6_K);
    add("attn_output", {2048, 2048}, format);
    add("ffn_norm", {2048}, FormatId::f32);
    add("ffn_gate", {2048, 8192}, format);
    add("ffn_up", {2048, 8192}, format);
    add("ffn_down", {8192, 2048}, FormatId::q6_K);
  }
  file.tensor("rope_freqs.weight", {32}, FormatId::f32);
  file.tensor("output_norm.weight", {2048}, FormatId::f32);
  return file;
}

/// A source as large as `file` whose data cannot be read, so that an importer that reads more than the header
/// fails.
inline ByteSource header_alone(const MadeGguf& file, const std::string& name = "made.gguf") {
  std::string header = file.header();
  return {name, file.size(),
          [header](uint64_t offset, uint64_t length) -> tl::expected<std::string, std::string> {
            if (offset > header.size()) return tl::unexpected(std::string("the data was read"));
            std::string bytes = header.substr(offset, length);
            bytes.resize(length);  // the rest of a block after the header
            return bytes;
          }};
}

}  // namespace weighin
