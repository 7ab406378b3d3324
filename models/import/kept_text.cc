#include "models/import/kept_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "models/source/location.h"
#include "models/text/json_value.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr int schema = 1;

json gguf_json(const Gguf& gguf) {
  json metadata = json::object(), tensors = json::array();
  for (const auto& [key, value] : gguf.metadata) {
    // A shape needs nothing of the tokenizer but its size.
    if (key.starts_with("tokenizer.")) continue;
    json& kept = metadata[plain_text(key)];
    kept = {{"type", static_cast<uint32_t>(value.type)}, {"bytes", value.bytes}};
    if (value.array) {
      kept["count"] = value.count;
      kept["numbers"] = value.numbers;
    } else if (value.type == GgufType::text) {
      kept["text"] = plain_text(value.text);
    } else if (value.type == GgufType::f32 || value.type == GgufType::f64) {
      kept["real"] = value.real;
    } else {
      kept["number"] = value.number;
    }
    if (value.negative) kept["negative"] = true;
  }
  for (const GgufTensor& tensor : gguf.tensors)
    tensors.push_back({plain_text(tensor.name), format_of(tensor.format).name, tensor.dimensions});
  return {{"metadata", metadata},
          {"tensors", tensors},
          {"tokenizer_bytes", gguf.tokenizer_bytes},
          {"file_bytes", gguf.file_bytes}};
}

json safetensors_json(const Safetensors& files) {
  json tensors = json::array();
  for (const SafeTensor& tensor : files.tensors)
    tensors.push_back({plain_text(tensor.name), format_of(tensor.format).name, tensor.shape, tensor.bytes});
  return {{"tensors", tensors}, {"data_bytes", files.data_bytes}, {"file_bytes", files.file_bytes}};
}

/// Reads fields of the text. The first field that is missing or of another type is kept as the error.
class Reader {
 public:
  /// The value of `key`, which must be there.
  template <class T>
  void read(const json& object, const char* key, T& value) {
    auto found = json_field<T>(object, key);
    need(found.has_value(), key);
    if (found) value = std::move(*found);
  }

  /// Entry `index` of a list.
  template <class T>
  void read(const json& list, size_t index, const char* what, T& value) {
    auto found = list.is_array() && index < list.size() ? json_value<T>(list[index]) : std::nullopt;
    need(found.has_value(), what);
    if (found) value = std::move(*found);
  }

  void read_format(const json& list, size_t index, FormatId& format) {
    std::string name;
    read(list, index, "tensors", name);
    const QuantFormat* found = find_format(name);
    if (found) format = found->id;
    if (!found && error_.empty())
      error_ = fmt::format("\"tensors\" names the unknown format {}", plain_text(name));
  }

  /// The list or object at `key`; an empty one where there is none.
  const json& inside(const json& object, const char* key) {
    static const json empty;
    const auto found = object.find(key);
    const bool structured = found != object.end() && found->is_structured();
    need(structured, key);
    return structured ? *found : empty;
  }

  void need(bool condition, const char* key) {
    if (!condition && error_.empty()) error_ = fmt::format("\"{}\" is missing or of another type", key);
  }

  const std::string& error() const { return error_; }

 private:
  std::string error_;
};

GgufValue read_gguf_value(Reader& reader, const json& kept) {
  GgufValue value;
  uint64_t type = 0;
  reader.read(kept, "type", type);
  reader.read(kept, "bytes", value.bytes);
  if (!reader.error().empty()) return value;
  value.type = static_cast<GgufType>(std::min<uint64_t>(type, uint64_t(GgufType::f64)));
  value.array = kept.contains("count");
  value.negative = json_field<bool>(kept, "negative").value_or(false);
  value.number = json_field<uint64_t>(kept, "number").value_or(0);
  value.text = json_field<std::string>(kept, "text").value_or("");
  if (const auto real = kept.find("real"); real != kept.end() && real->is_number())
    value.real = real->get<double>();
  if (value.array) {
    reader.read(kept, "count", value.count);
    reader.read(kept, "numbers", value.numbers);
  }
  return value;
}

Gguf read_gguf_header(Reader& reader, const json& kept) {
  Gguf gguf;
  for (const auto& [key, value] : reader.inside(kept, "metadata").items())
    gguf.metadata[key] = read_gguf_value(reader, value);
  for (const json& entry : reader.inside(kept, "tensors")) {
    GgufTensor& tensor = gguf.tensors.emplace_back();
    reader.read(entry, 0, "tensors", tensor.name);
    reader.read_format(entry, 1, tensor.format);
    std::vector<uint64_t> dimensions;
    reader.read(entry, 2, "tensors", dimensions);
    reader.need(dimensions.size() == tensor.dimensions.size(), "tensors");
    if (!reader.error().empty()) return gguf;
    std::copy(dimensions.begin(), dimensions.end(), tensor.dimensions.begin());
  }
  reader.read(kept, "tokenizer_bytes", gguf.tokenizer_bytes);
  reader.read(kept, "file_bytes", gguf.file_bytes);
  return gguf;
}

Safetensors read_safetensors_headers(Reader& reader, const json& kept) {
  Safetensors files;
  for (const json& entry : reader.inside(kept, "tensors")) {
    SafeTensor& tensor = files.tensors.emplace_back();
    reader.read(entry, 0, "tensors", tensor.name);
    reader.read_format(entry, 1, tensor.format);
    reader.read(entry, 2, "tensors", tensor.shape);
    reader.read(entry, 3, "tensors", tensor.bytes);
  }
  reader.read(kept, "data_bytes", files.data_bytes);
  reader.read(kept, "file_bytes", files.file_bytes);
  return files;
}

}  // namespace

std::string kept_text(const std::string& name, const ModelFiles& files) {
  json kept = {{"schema", schema}, {"name", name}, {"where", files.where}};
  if (files.config.empty()) {
    kept["gguf"] = gguf_json(files.gguf);
  } else {
    kept["config"] = files.config;
    if (!files.safetensors.tensors.empty()) kept["safetensors"] = safetensors_json(files.safetensors);
  }
  return kept.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

tl::expected<ModelShape, std::string> shape_of_kept(std::string_view text, const std::string& where) {
  const auto wrong = [&](const std::string& what) {
    return tl::unexpected(fmt::format("{}: {}; import the model again, or delete the file", where, what));
  };
  const json kept = json::parse(text, nullptr, false);
  if (!kept.is_object()) return wrong("no JSON object");
  if (kept.value("schema", json()) != schema) return wrong("a kept model of another version of weighin");
  ModelFiles files;
  std::string name;
  Reader reader;
  reader.read(kept, "name", name);
  reader.read(kept, "where", files.where);
  if (kept.contains("gguf")) {
    files.gguf = read_gguf_header(reader, kept["gguf"]);
  } else {
    reader.read(kept, "config", files.config);
    if (kept.contains("safetensors"))
      files.safetensors = read_safetensors_headers(reader, kept["safetensors"]);
  }
  if (!reader.error().empty()) return wrong(reader.error());
  auto shape = shape_of_files(files);
  if (!shape) return wrong(shape.error());
  shape->name = name;
  return shape;
}

}  // namespace weighin
