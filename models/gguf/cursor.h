// A cursor that reads the header of a GGUF file from its beginning.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "models/source/byte_source.h"

namespace weighin {

/// The longest text that is kept: that of the longest key in the specification.
inline constexpr uint64_t longest_gguf_text_bytes = 64 << 10;

/// The place of the next value in a file. The first error is kept, and from then on every value is 0 or
/// empty.
class GgufCursor {
 public:
  explicit GgufCursor(ByteSource& source) : source_(source) {}

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  uint64_t position() const { return position_; }
  uint64_t left() const { return source_.size() - position_; }

  void refuse(uint64_t at, const std::string& what);
  /// Refuses a count whose things, of at least `least_bytes` each, do not fit in the rest of the file.
  void need_room(uint64_t at, uint64_t count, uint64_t least_bytes, std::string_view what,
                 std::string_view things);
  void skip(uint64_t bytes, std::string_view what);
  std::string text(uint64_t bytes, std::string_view what);

  /// The next little-endian integer.
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
  void end_inside(std::string_view what, uint64_t bytes);
  /// Makes `bytes` bytes readable at the cursor. They are read in a view of the source's block, so that the
  /// millions of lengths in a tokenizer do not each cost a call of the source.
  bool hold(uint64_t bytes);

  ByteSource& source_;
  uint64_t position_ = 0;
  std::string_view block_;
  uint64_t block_offset_ = 0;
  std::string error_;
};

}  // namespace weighin
