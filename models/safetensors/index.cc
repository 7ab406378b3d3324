#include "models/safetensors/index.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "models/safetensors/shallow_json.h"
#include "models/source/location.h"
#include "models/source/open.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr uint64_t longest_index_bytes = 64 << 20;  // the index of a model of 100,000 tensors has 10 MB

}  // namespace

tl::expected<Safetensors, std::string> read_safetensors_index(const std::string& path_or_url) {
  const auto text = read_text(path_or_url, longest_index_bytes);
  if (!text) return tl::unexpected(text.error());
  const auto refuse = [&](const std::string& what) {
    return tl::unexpected(fmt::format("{}: {}", path_or_url, what));
  };
  std::string twice;
  const json index = parse_shallow(*text, 3, twice);
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object())
    return refuse("no JSON object with a \"weight_map\"");
  std::map<std::string, std::set<std::string>> parts;  // the tensors that each file should hold
  for (const auto& [tensor, file] : index["weight_map"].items()) {
    const std::string name = file.is_string() ? file.get<std::string>() : "";
    if (name.empty() || name != plain_text(name) || name.find('/') != std::string::npos ||
        name.starts_with('.'))
      return refuse(
          fmt::format("\"weight_map\" gives tensor \"{}\" no name of a file beside it", plain_text(tensor)));
    parts[name].insert(tensor);
  }
  Safetensors whole;
  for (auto& [name, expected] : parts) {
    auto source = open_source(beside(path_or_url, name));
    if (!source) return refuse(fmt::format("names the file {}: {}", name, source.error()));
    auto part = read_safetensors(*source);
    if (!part) return tl::unexpected(part.error());
    for (SafeTensor& tensor : part->tensors) {
      expected.erase(tensor.name);
      whole.tensors.push_back(std::move(tensor));
    }
    if (!expected.empty())
      return refuse(fmt::format("tensor \"{}\" is not in {}", plain_text(*expected.begin()), name));
    whole.data_bytes += part->data_bytes;
    whole.file_bytes += part->file_bytes;
  }
  return whole;
}

}  // namespace weighin
