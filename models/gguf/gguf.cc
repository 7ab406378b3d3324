#include "models/gguf/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "models/format/file_format.h"
#include "models/gguf/cursor.h"
#include "models/gguf/metadata.h"
#include "models/source/location.h"

namespace weighin {
namespace {

/// The shortest entry of a tensor: an empty name, one dimension, a type and an offset.
constexpr uint64_t least_tensor_bytes = 8 + 4 + 8 + 4 + 8;

/// Bytes of a tensor in its format. Error: the rows are no whole blocks, or the product of its dimensions
/// overflows.
tl::expected<uint64_t, std::string> tensor_bytes(const GgufTensor& tensor) {
  const QuantFormat& format = format_of(tensor.format);
  if (tensor.dimensions[0] % format.block_values != 0)
    return tl::unexpected(fmt::format("rows of {} values, which are no whole blocks of {} ({})",
                                      tensor.dimensions[0], format.block_values, format.name));
  uint64_t bytes = tensor.dimensions[0] / format.block_values;
  for (const uint64_t factor :
       {uint64_t{format.block_bytes}, tensor.dimensions[1], tensor.dimensions[2], tensor.dimensions[3]})
    if (__builtin_mul_overflow(bytes, factor, &bytes))
      return tl::unexpected(std::string("dimensions whose product is too large"));
  uint64_t values = tensor.dimensions[0];
  for (int i = 1; i < 4; ++i)
    if (__builtin_mul_overflow(values, tensor.dimensions[i], &values) || values > INT64_MAX)
      return tl::unexpected(std::string("dimensions whose product is too large"));
  return bytes;
}

void read_tensor(GgufCursor& cursor, uint64_t alignment, Gguf& file) {
  const uint64_t at = cursor.position();
  const uint64_t length = cursor.integer<uint64_t>("a tensor's name");
  if (length > longest_gguf_text_bytes)
    return cursor.refuse(at, fmt::format("a tensor's name of {} bytes", length));
  GgufTensor tensor;
  tensor.name = cursor.text(length, "a tensor's name");
  const auto refuse = [&](const std::string& what) {
    cursor.refuse(at, fmt::format("tensor \"{}\" has {}", plain_text(tensor.name), what));
  };
  const std::string what = fmt::format("tensor \"{}\"", plain_text(tensor.name));
  const uint32_t dimensions = cursor.integer<uint32_t>(what);
  if (cursor.ok() && (dimensions == 0 || dimensions > 4)) refuse(fmt::format("{} dimensions", dimensions));
  for (uint32_t i = 0; i < dimensions && cursor.ok(); ++i) {
    tensor.dimensions[i] = cursor.integer<uint64_t>(what);
    if (tensor.dimensions[i] == 0) refuse("a dimension of 0");
  }
  const uint32_t type = cursor.integer<uint32_t>(what);
  tensor.offset = cursor.integer<uint64_t>(what);
  if (!cursor.ok()) return;
  const QuantFormat* format = find_gguf_type(type);
  if (!format) return refuse(fmt::format("the unknown type {}", type));
  tensor.format = format->id;
  const auto bytes = tensor_bytes(tensor);
  if (!bytes) return refuse(bytes.error());
  tensor.bytes = *bytes;
  if (tensor.offset % alignment != 0)
    return refuse(fmt::format("the offset {}, which is no multiple of {}", tensor.offset, alignment));
  file.tensors.push_back(std::move(tensor));
}

/// The alignment of the tensors' data, which is a power of two.
uint64_t alignment_of(GgufCursor& cursor, const Gguf& file) {
  const GgufValue* value = file.find("general.alignment");
  if (!value) return gguf_alignment;
  const bool whole = !value->array && value->type == GgufType::u32 && std::has_single_bit(value->number);
  if (!whole) cursor.refuse(cursor.position(), "\"general.alignment\" is no power of two of type u32");
  return whole ? value->number : gguf_alignment;
}

/// Makes the offsets count from the beginning of the file. Refuses equal names, overlapping tensors, and
/// tensors beyond the end of the file.
void place_tensors(GgufCursor& cursor, uint64_t alignment, uint64_t size, Gguf& file) {
  const uint64_t end = cursor.position();
  file.data_offset = end + (alignment - end % alignment) % alignment;
  std::vector<const GgufTensor*> by_place;
  std::set<std::string_view> names;
  uint64_t needed = 0;
  for (GgufTensor& tensor : file.tensors) {
    const uint64_t offset = tensor.offset;
    if (__builtin_add_overflow(tensor.offset, file.data_offset, &tensor.offset) ||
        tensor.bytes > UINT64_MAX - tensor.offset)
      return cursor.refuse(end, fmt::format("tensor \"{}\" has the offset {}, which is too large",
                                            plain_text(tensor.name), offset));
    needed = std::max(needed, tensor.offset + tensor.bytes);
    if (!names.insert(tensor.name).second)
      return cursor.refuse(end, fmt::format("two tensors are called \"{}\"", plain_text(tensor.name)));
    by_place.push_back(&tensor);
  }
  std::sort(by_place.begin(), by_place.end(),
            [](const GgufTensor* a, const GgufTensor* b) { return a->offset < b->offset; });
  for (size_t i = 1; i < by_place.size(); ++i) {
    const GgufTensor &first = *by_place[i - 1], &second = *by_place[i];
    if (first.offset + first.bytes > second.offset)
      return cursor.refuse(second.offset, fmt::format("tensors \"{}\" and \"{}\" overlap",
                                                      plain_text(first.name), plain_text(second.name)));
  }
  if (needed > size) {
    const GgufTensor& last = *by_place.back();
    cursor.refuse(
        size, fmt::format("the file ends there, and its tensors (the last is \"{}\", of {} bytes at byte {}) "
                          "take {} bytes: the download is incomplete",
                          plain_text(last.name), last.bytes, last.offset, needed));
  }
}

void read_start(GgufCursor& cursor, Gguf& file, uint64_t& tensors, uint64_t& pairs) {
  const std::string magic = cursor.text(4, "\"GGUF\"");
  if (cursor.ok() && magic != "GGUF") cursor.refuse(0, "not \"GGUF\", with which a GGUF file begins");
  file.version = cursor.integer<uint32_t>("the version");
  if (cursor.ok() && (file.version == 0x02000000 || file.version == 0x03000000))
    cursor.refuse(4, "a big-endian file, which weighin does not read");
  if (cursor.ok() && file.version != 2 && file.version != 3)
    cursor.refuse(4, fmt::format("version {}, and weighin reads 2 and 3", file.version));
  tensors = cursor.integer<uint64_t>("the number of tensors");
  pairs = cursor.integer<uint64_t>("the number of keys");
  cursor.need_room(8, tensors, least_tensor_bytes, "there are", "tensors");
  cursor.need_room(16, pairs, least_gguf_pair_bytes, "there are", "keys");
}

}  // namespace

const GgufValue* Gguf::find(std::string_view key) const {
  const auto found = metadata.find(key);
  return found == metadata.end() ? nullptr : &found->second;
}

tl::expected<Gguf, std::string> read_gguf(ByteSource& source) {
  GgufCursor cursor(source);
  Gguf file;
  file.file_bytes = source.size();
  uint64_t tensors = 0, pairs = 0;
  read_start(cursor, file, tensors, pairs);
  for (uint64_t i = 0; i < pairs && cursor.ok(); ++i) read_gguf_pair(cursor, file);
  const uint64_t alignment = cursor.ok() ? alignment_of(cursor, file) : gguf_alignment;
  for (uint64_t i = 0; i < tensors && cursor.ok(); ++i) read_tensor(cursor, alignment, file);
  if (cursor.ok()) place_tensors(cursor, alignment, source.size(), file);
  if (!cursor.ok()) return tl::unexpected(cursor.error());
  return file;
}

}  // namespace weighin
