#include "models/gguf/parts.h"

#include <fmt/format.h>

#include <set>

#include "models/source/location.h"
#include "models/source/open.h"

namespace weighin {
namespace {

/// llama.cpp names parts with five digits (llama_split_path).
constexpr uint64_t most_parts = 99999;

/// An integer of the metadata, or `otherwise` where the value is missing or no integer.
uint64_t number(const Gguf& file, std::string_view key, uint64_t otherwise) {
  const GgufValue* value = file.find(key);
  const bool whole = value && !value->array && !value->negative && value->type != GgufType::f32 &&
                     value->type != GgufType::f64 && value->type != GgufType::text;
  return whole ? value->number : otherwise;
}

/// The end of the file name of part `number`, counted from 1, of `count`.
std::string part_ending(uint64_t number, uint64_t count) {
  return fmt::format("-{:05}-of-{:05}.gguf", number, count);
}

/// Adds part `index`, counted from 0. Error: the part says that it is another one.
tl::expected<void, std::string> append(Gguf& whole, Gguf part, const std::string& name, uint64_t index,
                                       uint64_t count) {
  if (number(part, "split.count", 0) != count || number(part, "split.no", UINT64_MAX) != index)
    return tl::unexpected(fmt::format(
        "{}: \"split.no\" and \"split.count\" do not say that it is part {} of {}", name, index + 1, count));
  whole.file_bytes += part.file_bytes;
  whole.tokenizer_bytes += part.tokenizer_bytes;
  for (GgufTensor& tensor : part.tensors) whole.tensors.push_back(std::move(tensor));
  return {};
}

}  // namespace

tl::expected<Gguf, std::string> read_gguf_parts(const std::string& path_or_url) {
  auto source = open_source(path_or_url);
  if (!source) return tl::unexpected(source.error());
  auto given = read_gguf(*source);
  if (!given) return given;
  const uint64_t count = number(*given, "split.count", 0), index = number(*given, "split.no", UINT64_MAX);
  if (count <= 1) return given;
  const std::string name = file_name(path_or_url);
  if (count > most_parts || index >= count || !name.ends_with(part_ending(index + 1, count)))
    return tl::unexpected(
        fmt::format("{} is a part of a split file (\"split.no\", \"split.count\"), and is not "
                    "called NAME-00001-of-00003.gguf as its parts are",
                    path_or_url));
  const std::string stem = name.substr(0, name.size() - part_ending(1, count).size());

  Gguf whole;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string part_name = beside(path_or_url, stem + part_ending(i + 1, count));
    if (i == index) {
      if (i == 0) {
        whole = std::move(*given);
      } else if (const auto added = append(whole, std::move(*given), part_name, i, count); !added) {
        return tl::unexpected(added.error());
      }
      continue;
    }
    auto part_source = open_source(part_name);
    if (!part_source)
      return tl::unexpected(fmt::format("part {} of {}: {}", i + 1, count, part_source.error()));
    auto part = read_gguf(*part_source);
    if (!part) return tl::unexpected(part.error());
    if (i == 0) {
      whole.version = part->version;
      whole.metadata = part->metadata;
      whole.data_offset = part->data_offset;
    }
    if (const auto added = append(whole, std::move(*part), part_name, i, count); !added)
      return tl::unexpected(added.error());
  }
  const uint64_t stated = number(whole, "split.tensors.count", whole.tensors.size());
  if (stated != whole.tensors.size())
    return tl::unexpected(fmt::format("{}: \"split.tensors.count\" is {}, and its {} parts hold {} tensors",
                                      path_or_url, stated, count, whole.tensors.size()));
  std::set<std::string_view> names;
  for (const GgufTensor& tensor : whole.tensors)
    if (!names.insert(tensor.name).second)
      return tl::unexpected(
          fmt::format("{}: two parts hold a tensor \"{}\"", path_or_url, plain_text(tensor.name)));
  return whole;
}

}  // namespace weighin
