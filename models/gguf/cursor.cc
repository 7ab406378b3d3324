#include "models/gguf/cursor.h"

#include <fmt/format.h>

namespace weighin {

void GgufCursor::refuse(uint64_t at, const std::string& what) {
  if (ok()) error_ = fmt::format("{}, byte {}: {}", source_.name(), at, what);
}

void GgufCursor::need_room(uint64_t at, uint64_t count, uint64_t least_bytes, std::string_view what,
                           std::string_view things) {
  if (count > left() / least_bytes)
    refuse(at,
           fmt::format("{} {} {}, more than the file, which ends at byte {}, can hold: it is damaged, or its "
                       "download is incomplete",
                       what, count, things, source_.size()));
}

void GgufCursor::skip(uint64_t bytes, std::string_view what) {
  if (ok() && bytes > left()) end_inside(what, bytes);
  if (ok()) position_ += bytes;
}

std::string GgufCursor::text(uint64_t bytes, std::string_view what) {
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

void GgufCursor::end_inside(std::string_view what, uint64_t bytes) {
  refuse(position_,
         fmt::format("{} takes {} bytes, and the file ends at byte {}: it is damaged, or its download "
                     "is incomplete",
                     what, bytes, source_.size()));
}

bool GgufCursor::hold(uint64_t bytes) {
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

}  // namespace weighin
