#include "models/source/open.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "models/source/http.h"
#include "models/source/location.h"

namespace weighin {
namespace {

/// An open file. It is closed with the last copy of the source that reads it.
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

}  // namespace

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

}  // namespace weighin
