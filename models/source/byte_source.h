// The bytes of a file, read by ranges, so that reading a header of a remote file costs no more than the
// header.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace weighin {

/// A file of known size with one block of it in memory. A read outside the block fetches the next block,
/// which is larger than the last: 64 KiB first, then twice as much each time up to 4 MiB. A short header so
/// takes one short request and a long one few.
class ByteSource {
 public:
  /// Gives `length` bytes from `offset`. Both are inside the file. Error: why they cannot be had.
  using Fetch = std::function<tl::expected<std::string, std::string>(uint64_t offset, uint64_t length)>;

  ByteSource(std::string name, uint64_t size, Fetch fetch)
      : name_(std::move(name)), size_(size), fetch_(std::move(fetch)) {}

  /// The path or URL, for messages.
  const std::string& name() const { return name_; }
  uint64_t size() const { return size_; }
  /// Bytes fetched so far.
  uint64_t fetched_bytes() const { return fetched_bytes_; }

  /// Exactly `length` bytes from `offset`, valid until the next read. Error: the range ends outside the file,
  /// or the file could not be read.
  tl::expected<std::string_view, std::string> read(uint64_t offset, uint64_t length);

  /// The part of the block in memory from `offset` on, valid until the next read: at least one byte unless
  /// `offset` is the file's end. Error: as read.
  tl::expected<std::string_view, std::string> read_some(uint64_t offset);

 private:
  tl::expected<void, std::string> hold(uint64_t offset, uint64_t length);

  std::string name_;
  uint64_t size_;
  Fetch fetch_;
  std::string block_;
  uint64_t block_offset_ = 0;
  uint64_t next_block_bytes_ = 64 << 10;
  uint64_t fetched_bytes_ = 0;
};

/// A source that is `bytes`, called `name`.
ByteSource source_of_bytes(std::string name, std::string bytes);

}  // namespace weighin
