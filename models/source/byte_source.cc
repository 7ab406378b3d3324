#include "models/source/byte_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weighin {
namespace {

constexpr uint64_t largest_block_bytes = 4 << 20;

}  // namespace

tl::expected<void, std::string> ByteSource::hold(uint64_t offset, uint64_t length) {
  if (offset > size_ || length > size_ - offset) {
    return tl::unexpected(
        fmt::format("{} ends at byte {}, and {} bytes were to follow byte {}", name_, size_, length, offset));
  }
  if (offset >= block_offset_ && offset - block_offset_ <= block_.size() &&
      length <= block_.size() - (offset - block_offset_))
    return {};
  const uint64_t wanted = std::min(std::max(length, next_block_bytes_), size_ - offset);
  auto bytes = fetch_(offset, wanted);
  if (!bytes) return tl::unexpected(bytes.error());
  if (bytes->size() != wanted) {
    return tl::unexpected(
        fmt::format("{} gave {} bytes from byte {} and not {}", name_, bytes->size(), offset, wanted));
  }
  block_ = std::move(*bytes);
  block_offset_ = offset;
  fetched_bytes_ += wanted;
  next_block_bytes_ = std::min(next_block_bytes_ * 2, largest_block_bytes);
  return {};
}

tl::expected<std::string_view, std::string> ByteSource::read(uint64_t offset, uint64_t length) {
  if (const auto held = hold(offset, length); !held) return tl::unexpected(held.error());
  return std::string_view(block_).substr(offset - block_offset_, length);
}

tl::expected<std::string_view, std::string> ByteSource::read_some(uint64_t offset) {
  const uint64_t length = offset < size_ ? 1 : 0;
  if (const auto held = hold(offset, length); !held) return tl::unexpected(held.error());
  return length ? std::string_view(block_).substr(offset - block_offset_) : std::string_view();
}

ByteSource source_of_bytes(std::string name, std::string bytes) {
  const uint64_t size = bytes.size();
  return {
      std::move(name), size,
      [kept = std::move(bytes)](uint64_t offset, uint64_t length) -> tl::expected<std::string, std::string> {
        return kept.substr(offset, length);
      }};
}

}  // namespace weighin
