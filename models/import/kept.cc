#include "models/import/kept.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace weighin {
namespace {

using nlohmann::json;

constexpr int schema = 1;

json gguf_json(const Gguf& gguf) {
  json metadata = json::object(), tensors = json::array();
  for (const auto& [key, value] : gguf.metadata) {
    // The tokenizer's size is all that a shape needs of it.
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

FormatId format_named(const json& name) {
  const QuantFormat* format = find_format(name.get<std::string>());
  if (!format) throw std::invalid_argument("an unknown format");
  return format->id;
}

Gguf gguf_of(const json& kept) {
  Gguf gguf;
  for (const auto& [key, value] : kept.at("metadata").items()) {
    GgufValue& read = gguf.metadata[key];
    read.type = static_cast<GgufType>(std::min(value.at("type").get<uint32_t>(), uint32_t(GgufType::f64)));
    read.bytes = value.at("bytes");
    read.array = value.contains("count");
    read.negative = value.value("negative", false);
    read.number = value.value("number", uint64_t{0});
    read.text = value.value("text", "");
    if (value.contains("real") && value["real"].is_number()) read.real = value["real"];
    if (!read.array) continue;
    read.count = value.at("count");
    read.numbers = value.at("numbers").get<std::vector<uint64_t>>();
  }
  for (const json& tensor : kept.at("tensors")) {
    GgufTensor& read = gguf.tensors.emplace_back();
    read.name = tensor.at(0);
    read.format = format_named(tensor.at(1));
    read.dimensions = tensor.at(2).get<std::array<uint64_t, 4>>();
  }
  gguf.tokenizer_bytes = kept.at("tokenizer_bytes");
  gguf.file_bytes = kept.at("file_bytes");
  return gguf;
}

json safetensors_json(const Safetensors& files) {
  json tensors = json::array();
  for (const SafeTensor& tensor : files.tensors)
    tensors.push_back({plain_text(tensor.name), format_of(tensor.format).name, tensor.shape, tensor.bytes});
  return {{"tensors", tensors}, {"data_bytes", files.data_bytes}, {"file_bytes", files.file_bytes}};
}

Safetensors safetensors_of(const json& kept) {
  Safetensors files;
  for (const json& tensor : kept.at("tensors"))
    files.tensors.push_back({tensor.at(0), format_named(tensor.at(1)), tensor.at(2), tensor.at(3)});
  files.data_bytes = kept.at("data_bytes");
  files.file_bytes = kept.at("file_bytes");
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
  try {
    name = kept.at("name");
    files.where = kept.at("where");
    if (kept.contains("gguf")) {
      files.gguf = gguf_of(kept["gguf"]);
    } else {
      files.config = kept.at("config");
      if (kept.contains("safetensors")) files.safetensors = safetensors_of(kept["safetensors"]);
    }
  } catch (const std::exception& error) {
    return wrong(error.what());
  }
  auto shape = shape_of_files(files);
  if (!shape) return wrong(shape.error());
  shape->name = name;
  return shape;
}

std::filesystem::path kept_path(const std::filesystem::path& folder, const std::string& name) {
  return folder / (name + ".json");
}

std::vector<ModelShape> kept_models(const std::filesystem::path& folder, std::vector<std::string>& problems) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".json") paths.push_back(entry->path());
  std::sort(paths.begin(), paths.end());
  std::vector<ModelShape> models;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    auto shape = shape_of_kept(text, path.string());
    if (shape) {
      models.push_back(std::move(*shape));
    } else {
      problems.push_back(shape.error());
    }
  }
  return models;
}

}  // namespace weighin
