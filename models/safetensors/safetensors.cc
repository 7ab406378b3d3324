#include "models/safetensors/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "models/safetensors/shallow_json.h"
#include "models/source/location.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr uint64_t longest_header_bytes = 100'000'000;  // the limit of the format

struct Dtype {
  std::string_view name;
  FormatId format;
};
constexpr Dtype dtypes[] = {
    {"F64", FormatId::f64},    {"F32", FormatId::f32},         {"F16", FormatId::f16},
    {"BF16", FormatId::bf16},  {"F8_E4M3", FormatId::f8_e4m3}, {"F8_E5M2", FormatId::f8_e5m2},
    {"F8_E8M0", FormatId::i8}, {"I64", FormatId::i64},         {"U64", FormatId::i64},
    {"I32", FormatId::i32},    {"U32", FormatId::i32},         {"I16", FormatId::i16},
    {"U16", FormatId::i16},    {"I8", FormatId::i8},           {"U8", FormatId::i8},
    {"BOOL", FormatId::i8},
};

/// Whole numbers of at least 0, or nothing.
bool read_numbers(const json& list, std::vector<uint64_t>& numbers) {
  if (!list.is_array()) return false;
  for (const json& number : list) {
    if (!number.is_number_unsigned()) return false;
    numbers.push_back(number.get<uint64_t>());
  }
  return true;
}

struct Place {
  uint64_t begin, end;
  std::string name;
};

/// Reads one entry of the header. Error: what is wrong with it.
tl::expected<SafeTensor, std::string> read_tensor(const std::string& name, const json& entry, Place& place) {
  SafeTensor tensor;
  tensor.name = name;
  const auto wrong = [](const char* what) { return tl::unexpected(std::string(what)); };
  if (!entry.is_object()) return wrong("is no object");
  const auto field = [&](const char* key) { return entry.contains(key) ? entry[key] : json(); };
  const json dtype = field("dtype");
  if (!dtype.is_string()) return wrong("has no \"dtype\"");
  const auto row = std::find_if(std::begin(dtypes), std::end(dtypes), [&](const Dtype& d) {
    return d.name == dtype.get_ref<const std::string&>();
  });
  if (row == std::end(dtypes))
    return tl::unexpected(
        fmt::format("has the unknown dtype {}", plain_text(dtype.get_ref<const std::string&>())));
  tensor.format = row->format;
  if (!read_numbers(field("shape"), tensor.shape)) return wrong("has no \"shape\" of whole numbers");
  std::vector<uint64_t> offsets;
  if (!read_numbers(field("data_offsets"), offsets) || offsets.size() != 2 || offsets[0] > offsets[1])
    return wrong("has no \"data_offsets\" of a start and an end");
  uint64_t bytes = format_of(tensor.format).block_bytes;
  for (const uint64_t dimension : tensor.shape)
    if (__builtin_mul_overflow(bytes, dimension, &bytes))
      return wrong("has a \"shape\" whose product is too large");
  if (offsets[1] - offsets[0] != bytes)
    return tl::unexpected(
        fmt::format("takes {} bytes by its shape and dtype, and its \"data_offsets\" say {}", bytes,
                    offsets[1] - offsets[0]));
  tensor.bytes = bytes;
  place = {offsets[0], offsets[1], name};
  return tensor;
}

}  // namespace

tl::expected<Safetensors, std::string> read_safetensors(ByteSource& source) {
  const auto refuse = [&](const std::string& what) {
    return tl::unexpected(fmt::format("{}: {}", source.name(), what));
  };
  if (source.size() < 8)
    return refuse(fmt::format(
        "byte 0: the file ends at byte {}, within the header's length: the download is incomplete",
        source.size()));
  const auto start = source.read(0, 8);
  if (!start) return tl::unexpected(start.error());
  uint64_t length = 0;
  std::memcpy(&length, start->data(), sizeof(length));
  if (length > longest_header_bytes)
    return refuse(
        fmt::format("byte 0: a header of {} bytes, and the format allows {}", length, longest_header_bytes));
  if (length > source.size() - 8)
    return refuse(
        fmt::format("byte 0: a header of {} bytes, and the file ends at byte {}: it is damaged, or its "
                    "download is incomplete",
                    length, source.size()));
  const auto text = source.read(8, length);
  if (!text) return tl::unexpected(text.error());
  std::string twice;
  const json header = parse_shallow(*text, 3, twice);
  if (!header.is_object()) return refuse("byte 8: the header is no JSON object");
  if (!twice.empty())
    return refuse(fmt::format("tensor \"{}\" stands there a second time", plain_text(twice)));

  Safetensors file;
  file.file_bytes = source.size();
  std::vector<Place> places;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    Place place;
    auto tensor = read_tensor(name, entry, place);
    if (!tensor) return refuse(fmt::format("tensor \"{}\" {}", plain_text(name), tensor.error()));
    file.data_bytes += tensor->bytes;
    file.tensors.push_back(std::move(*tensor));
    if (place.begin != place.end) places.push_back(std::move(place));
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.begin < b.begin; });
  const uint64_t room = source.size() - 8 - length;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i && places[i].begin < places[i - 1].end)
      return refuse(fmt::format("tensors \"{}\" and \"{}\" overlap", plain_text(places[i - 1].name),
                                plain_text(places[i].name)));
    if (places[i].end > room)
      return refuse(
          fmt::format("tensor \"{}\" ends at byte {}, and the file at byte {}: the download is incomplete",
                      plain_text(places[i].name), places[i].end + 8 + length, source.size()));
  }
  return file;
}

}  // namespace weighin
