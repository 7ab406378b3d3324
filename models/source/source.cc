#include "models/source/source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "models/text/letters.h"

namespace weighin {
namespace {

constexpr uint64_t largest_block_bytes = 4 << 20;

/// An open file, closed with the last copy of the source's reader.
struct Descriptor {
  explicit Descriptor(int open) : number(open) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number); }
  int number;
};

tl::expected<ByteSource, std::string> open_file(const std::string& path) {
  const auto cannot = [&](const char* what) {
    return tl::unexpected(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
  };
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return cannot("open");
  const auto file = std::make_shared<Descriptor>(number);
  struct stat status {};
  if (fstat(number, &status) != 0) return cannot("read");
  if (!S_ISREG(status.st_mode)) return tl::unexpected(fmt::format("{} is no regular file", path));
  return ByteSource(
      path, static_cast<uint64_t>(status.st_size),
      [file, path](uint64_t offset, uint64_t length) -> tl::expected<std::string, std::string> {
        std::string bytes(length, '\0');
        uint64_t done = 0;
        while (done < length) {
          const ssize_t count =
              pread(file->number, bytes.data() + done, length - done, static_cast<off_t>(offset + done));
          if (count < 0 && errno == EINTR) continue;
          if (count < 0) return tl::unexpected(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
          if (count == 0) return tl::unexpected(fmt::format("{} became shorter while it was read", path));
          done += static_cast<uint64_t>(count);
        }
        return bytes;
      });
}

/// Where a URL's path ends: before its query or fragment.
size_t path_end(const std::string& text) {
  return is_url(text) ? std::min(text.find_first_of("?#"), text.size()) : text.size();
}

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

bool is_url(std::string_view text) {
  const auto starts = [&](std::string_view scheme) {
    return text.size() > scheme.size() && same_letters(text.substr(0, scheme.size()), scheme);
  };
  return starts("http://") || starts("https://");
}

tl::expected<ByteSource, std::string> open_source(const std::string& path_or_url) {
  return is_url(path_or_url) ? open_url(path_or_url) : open_file(path_or_url);
}

tl::expected<std::string, std::string> read_text(const std::string& path_or_url, uint64_t most_bytes) {
  auto source = open_source(path_or_url);
  if (!source) return tl::unexpected(source.error());
  if (source->size() > most_bytes) {
    return tl::unexpected(fmt::format("{} has {} bytes, more than the {} that such a file may have",
                                      path_or_url, source->size(), most_bytes));
  }
  const auto text = source->read(0, source->size());
  if (!text) return tl::unexpected(text.error());
  return std::string(*text);
}

ByteSource source_of_bytes(std::string name, std::string bytes) {
  const uint64_t size = bytes.size();
  return {
      std::move(name), size,
      [kept = std::move(bytes)](uint64_t offset, uint64_t length) -> tl::expected<std::string, std::string> {
        return kept.substr(offset, length);
      }};
}

std::string beside(const std::string& path_or_url, std::string_view name) {
  const size_t end = path_end(path_or_url);
  const size_t slash = path_or_url.substr(0, end).rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path_or_url.substr(0, slash + 1);
  return folder + std::string(name) + path_or_url.substr(end);
}

std::string plain_text(std::string_view text) {
  std::string plain(text.substr(0, 200));
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return plain;
}

std::string file_name(const std::string& path_or_url) {
  const std::string path = path_or_url.substr(0, path_end(path_or_url));
  return path.substr(path.rfind('/') + 1);
}

}  // namespace weighin
