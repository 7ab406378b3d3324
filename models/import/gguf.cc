#include "models/import/gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>

namespace weighin {
namespace {

constexpr uint64_t longest_text_bytes = 64 << 10;           // that is kept; the specification's longest key
constexpr uint64_t longest_array = 4096;                    // that is kept: no model has more layers
constexpr uint64_t default_alignment = 32;                  // the specification's
constexpr uint64_t least_pair_bytes = 8 + 4 + 1;            // an empty key, its type, a value of a byte
constexpr uint64_t least_tensor_bytes = 8 + 4 + 8 + 4 + 8;  // an empty name, one dimension, a type, an offset

/// Bytes of a value of fixed size; 0: it has none.
uint64_t size_of(GgufType type) {
  switch (type) {
    case GgufType::u8:
    case GgufType::i8:
    case GgufType::boolean:
      return 1;
    case GgufType::u16:
    case GgufType::i16:
      return 2;
    case GgufType::u32:
    case GgufType::i32:
    case GgufType::f32:
      return 4;
    case GgufType::u64:
    case GgufType::i64:
    case GgufType::f64:
      return 8;
    case GgufType::text:
    case GgufType::array:
      return 0;
  }
  return 0;
}

/// Reads a file from its start. The first thing wrong is kept, and from then on every value is 0.
class Cursor {
 public:
  explicit Cursor(ByteSource& source) : source_(source) {}

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  uint64_t position() const { return position_; }
  uint64_t left() const { return source_.size() - position_; }

  void refuse(uint64_t at, const std::string& what) {
    if (ok()) error_ = fmt::format("{}, byte {}: {}", source_.name(), at, what);
  }

  /// For counts: `count` things of at least `least_bytes` each must still fit in the file.
  void need_room(uint64_t at, uint64_t count, uint64_t least_bytes, std::string_view what,
                 std::string_view things) {
    if (count > left() / least_bytes)
      refuse(at, fmt::format(
                     "{} {} {}, more than the file, which ends at byte {}, can hold: it is damaged, or its "
                     "download is incomplete",
                     what, count, things, source_.size()));
  }

  void skip(uint64_t bytes, std::string_view what) {
    if (ok() && bytes > left()) end_inside(what, bytes);
    if (ok()) position_ += bytes;
  }

  std::string text(uint64_t bytes, std::string_view what) {
    if (ok() && bytes > left()) end_inside(what, bytes);
    if (!ok()) return "";
    const auto read = source_.read(position_, bytes);
    block_ = {};
    if (!read) {
      error_ = read.error();
      return "";
    }
    position_ += bytes;
    return std::string(*read);
  }

  /// A little-endian integer of `Integer`'s size.
  template <class Integer>
  Integer integer(std::string_view what) {
    static_assert(std::endian::native == std::endian::little);
    Integer value = 0;
    if (ok() && left() < sizeof(value)) end_inside(what, sizeof(value));
    if (!ok() || !hold(sizeof(value))) return 0;
    std::memcpy(&value, block_.data() + (position_ - block_offset_), sizeof(value));
    position_ += sizeof(value);
    return value;
  }

 private:
  void end_inside(std::string_view what, uint64_t bytes) {
    refuse(position_,
           fmt::format("{} takes {} bytes, and the file ends at byte {}: it is damaged, or its download "
                       "is incomplete",
                       what, bytes, source_.size()));
  }
  /// A view of the source's block, so that the millions of lengths of a tokenizer cost no call each.
  bool hold(uint64_t bytes) {
    if (position_ >= block_offset_ && position_ - block_offset_ + bytes <= block_.size()) return true;
    auto read = source_.read_some(position_);
    if (read && read->size() < bytes) read = source_.read(position_, bytes);
    if (!read) {
      error_ = read.error();
      return false;
    }
    block_ = *read;
    block_offset_ = position_;
    return true;
  }

  ByteSource& source_;
  uint64_t position_ = 0;
  std::string_view block_;
  uint64_t block_offset_ = 0;
  std::string error_;
};

void read_number(Cursor& cursor, GgufType type, std::string_view what, GgufValue& value) {
  const auto keep = [&](auto number) {
    value.negative = number < 0;
    value.number = static_cast<uint64_t>(number);
  };
  switch (type) {
    case GgufType::u8:
      return keep(cursor.integer<uint8_t>(what));
    case GgufType::i8:
      return keep(cursor.integer<int8_t>(what));
    case GgufType::u16:
      return keep(cursor.integer<uint16_t>(what));
    case GgufType::i16:
      return keep(cursor.integer<int16_t>(what));
    case GgufType::u32:
      return keep(cursor.integer<uint32_t>(what));
    case GgufType::i32:
      return keep(cursor.integer<int32_t>(what));
    case GgufType::u64:
      return keep(cursor.integer<uint64_t>(what));
    case GgufType::i64:
      return keep(cursor.integer<int64_t>(what));
    case GgufType::boolean:
      value.number = cursor.integer<uint8_t>(what) != 0;
      return;
    case GgufType::f32:
      value.real = static_cast<double>(std::bit_cast<float>(cursor.integer<uint32_t>(what)));
      return;
    case GgufType::f64:
      value.real = std::bit_cast<double>(cursor.integer<uint64_t>(what));
      return;
    case GgufType::text:
    case GgufType::array:
      return;
  }
}

void read_text_value(Cursor& cursor, std::string_view what, GgufValue& value) {
  const uint64_t length = cursor.integer<uint64_t>(what);
  if (length <= longest_text_bytes) {
    value.text = cursor.text(length, what);
  } else {
    cursor.skip(length, what);
  }
}

GgufType read_type(Cursor& cursor, std::string_view what) {
  const uint64_t at = cursor.position();
  const uint32_t number = cursor.integer<uint32_t>(what);
  if (number > static_cast<uint32_t>(GgufType::f64)) {
    cursor.refuse(at, fmt::format("{} has the unknown type {}", what, number));
    return GgufType::u8;
  }
  return static_cast<GgufType>(number);
}

void read_array(Cursor& cursor, const std::string& what, GgufValue& value) {
  const uint64_t at = cursor.position();
  value.array = true;
  value.type = read_type(cursor, what);
  value.count = cursor.integer<uint64_t>(what);
  if (value.type == GgufType::array) return cursor.refuse(at, fmt::format("{} is an array of arrays", what));
  if (value.type == GgufType::text) {
    cursor.need_room(at, value.count, sizeof(uint64_t), what + " has", "texts");
    for (uint64_t i = 0; i < value.count && cursor.ok(); ++i)
      cursor.skip(cursor.integer<uint64_t>(what), what);
    return;
  }
  const uint64_t size = size_of(value.type);
  cursor.need_room(at, value.count, size, what + " has", "values");
  if (!cursor.ok()) return;
  if (value.count > longest_array || value.type == GgufType::f32 || value.type == GgufType::f64)
    return cursor.skip(value.count * size, what);
  GgufValue element;
  for (uint64_t i = 0; i < value.count && cursor.ok(); ++i) {
    read_number(cursor, value.type, what, element);
    value.negative |= element.negative;
    value.numbers.push_back(element.number);
  }
}

void read_pair(Cursor& cursor, Gguf& file) {
  const uint64_t at = cursor.position();
  const uint64_t length = cursor.integer<uint64_t>("a key");
  if (length > longest_text_bytes) return cursor.refuse(at, fmt::format("a key of {} bytes", length));
  const std::string key = cursor.text(length, "a key");
  const std::string what = fmt::format("\"{}\"", plain_text(key));
  GgufValue value;
  value.type = read_type(cursor, what);
  const uint64_t start = cursor.position();
  if (value.type == GgufType::array) {
    read_array(cursor, what, value);
  } else if (value.type == GgufType::text) {
    read_text_value(cursor, what, value);
  } else {
    read_number(cursor, value.type, what, value);
  }
  value.bytes = cursor.position() - start;
  if (key.starts_with("tokenizer.")) file.tokenizer_bytes += value.bytes;
  if (!cursor.ok()) return;
  if (!file.metadata.emplace(key, std::move(value)).second)
    cursor.refuse(at, fmt::format("the key {} stands there a second time", what));
}

/// Bytes of a tensor in its format. Error: dimensions that are no whole blocks, or overflow.
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

void read_tensor(Cursor& cursor, uint64_t alignment, Gguf& file) {
  const uint64_t at = cursor.position();
  const uint64_t length = cursor.integer<uint64_t>("a tensor's name");
  if (length > longest_text_bytes)
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

/// The alignment of the tensors' data, a power of two.
uint64_t alignment_of(Cursor& cursor, const Gguf& file) {
  const GgufValue* value = file.find("general.alignment");
  if (!value) return default_alignment;
  const bool whole = !value->array && value->type == GgufType::u32 && std::has_single_bit(value->number);
  if (!whole) cursor.refuse(cursor.position(), "\"general.alignment\" is no power of two of type u32");
  return whole ? value->number : default_alignment;
}

/// Makes offsets those of the file, and holds names against one another and places against the file's size.
void place_tensors(Cursor& cursor, uint64_t alignment, uint64_t size, Gguf& file) {
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

void read_start(Cursor& cursor, Gguf& file, uint64_t& tensors, uint64_t& pairs) {
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
  cursor.need_room(16, pairs, least_pair_bytes, "there are", "keys");
}

}  // namespace

const GgufValue* Gguf::find(std::string_view key) const {
  const auto found = metadata.find(key);
  return found == metadata.end() ? nullptr : &found->second;
}

tl::expected<Gguf, std::string> read_gguf(ByteSource& source) {
  Cursor cursor(source);
  Gguf file;
  file.file_bytes = source.size();
  uint64_t tensors = 0, pairs = 0;
  read_start(cursor, file, tensors, pairs);
  for (uint64_t i = 0; i < pairs && cursor.ok(); ++i) read_pair(cursor, file);
  const uint64_t alignment = cursor.ok() ? alignment_of(cursor, file) : default_alignment;
  for (uint64_t i = 0; i < tensors && cursor.ok(); ++i) read_tensor(cursor, alignment, file);
  if (cursor.ok()) place_tensors(cursor, alignment, source.size(), file);
  if (!cursor.ok()) return tl::unexpected(cursor.error());
  return file;
}

}  // namespace weighin
