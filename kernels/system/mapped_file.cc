#include "kernels/system/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace weighin {

tl::expected<MappedFile, std::string> MappedFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  void* data = MAP_FAILED;
  size_t bytes = 0;
  if (descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_size > 0) {
    bytes = static_cast<size_t>(status.st_size);
    data = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
  }
  const int error = errno;
  if (descriptor >= 0) close(descriptor);
  if (data == MAP_FAILED)
    return tl::unexpected(fmt::format("{} cannot be mapped: {}", path, std::strerror(error)));
  return MappedFile({static_cast<const std::byte*>(data), bytes});
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace weighin
