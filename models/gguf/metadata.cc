#include "models/gguf/metadata.h"

#include <fmt/format.h>

#include <bit>

#include "models/source/location.h"

namespace weighin {
namespace {

constexpr uint64_t longest_array = 4096;  // elements of an array that are kept; no model has more layers

/// Bytes of a value of this type; 0: they are not fixed.
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

void read_number(GgufCursor& cursor, GgufType type, std::string_view what, GgufValue& value) {
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

void read_text_value(GgufCursor& cursor, std::string_view what, GgufValue& value) {
  const uint64_t length = cursor.integer<uint64_t>(what);
  if (length <= longest_gguf_text_bytes) {
    value.text = cursor.text(length, what);
  } else {
    cursor.skip(length, what);
  }
}

GgufType read_type(GgufCursor& cursor, std::string_view what) {
  const uint64_t at = cursor.position();
  const uint32_t number = cursor.integer<uint32_t>(what);
  if (number > static_cast<uint32_t>(GgufType::f64)) {
    cursor.refuse(at, fmt::format("{} has the unknown type {}", what, number));
    return GgufType::u8;
  }
  return static_cast<GgufType>(number);
}

void read_array(GgufCursor& cursor, const std::string& what, GgufValue& value) {
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

}  // namespace

void read_gguf_pair(GgufCursor& cursor, Gguf& file) {
  const uint64_t at = cursor.position();
  const uint64_t length = cursor.integer<uint64_t>("a key");
  if (length > longest_gguf_text_bytes) return cursor.refuse(at, fmt::format("a key of {} bytes", length));
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

}  // namespace weighin
