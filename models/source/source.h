// Bytes of a file that is here or on a server, read by ranges, so that a header costs a header.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace weighin {

/// A file's bytes behind one kept block. A read outside of the block fetches the next one, which is larger
/// than the last (from 64 KiB, doubling to 4 MiB), so that a short header is one short read and a long one
/// few.
class ByteSource {
 public:
  /// Gives `length` bytes from `offset`, both inside of the file. Error: why they cannot be had.
  using Fetch = std::function<tl::expected<std::string, std::string>(uint64_t offset, uint64_t length)>;

  ByteSource(std::string name, uint64_t size, Fetch fetch)
      : name_(std::move(name)), size_(size), fetch_(std::move(fetch)) {}

  /// The path or URL, for messages.
  const std::string& name() const { return name_; }
  uint64_t size() const { return size_; }
  /// Bytes that were fetched so far.
  uint64_t fetched_bytes() const { return fetched_bytes_; }

  /// Exactly `length` bytes from `offset`, valid until the next read. Error: outside of the file, or the file
  /// could not be read.
  tl::expected<std::string_view, std::string> read(uint64_t offset, uint64_t length);

  /// What is kept from `offset` on, at least one byte where the file has it, valid until the next read.
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

/// "https://..." or "http://...", in any case.
bool is_url(std::string_view text);

/// A local file, or one on an HTTP server that honours ranges. Error: what could not be opened, and why.
tl::expected<ByteSource, std::string> open_source(const std::string& path_or_url);

/// The whole text of a file of at most `most_bytes`. Error: as open_source, or its size.
tl::expected<std::string, std::string> read_text(const std::string& path_or_url, uint64_t most_bytes);

/// `bytes` themselves, called `name`.
ByteSource source_of_bytes(std::string name, std::string bytes);

/// Part of open_source for URLs (http.cc). Redirects are followed, to other hosts too; HTTPS_PROXY,
/// HTTP_PROXY and NO_PROXY are heeded; the environment variable HF_TOKEN is sent as a bearer token to the
/// URL's own host alone. A server that answers a range with the whole file is accepted when the file is
/// small.
tl::expected<ByteSource, std::string> open_url(const std::string& url);

/// Where a name stands beside a path or URL: in the same folder, under the same query.
std::string beside(const std::string& path_or_url, std::string_view name);

/// A text of a file as it may be shown: at most 200 characters, anything but printable ASCII as "?".
std::string plain_text(std::string_view text);

/// The last part of a path or of a URL's path.
std::string file_name(const std::string& path_or_url);

}  // namespace weighin
