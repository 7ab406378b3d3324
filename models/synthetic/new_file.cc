#include "models/synthetic/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "models/text/units.h"

namespace weighin {
namespace {

/// Bytes that stay free beside the file.
constexpr uint64_t spare_bytes = 64ull << 20;

}  // namespace

NewFile::NewFile(std::string path) : path_(std::move(path)), partial_(path_ + ".part") {
  // The rename at the end would put the file in the place of a device such as /dev/null.
  std::error_code ignored;
  if (std::filesystem::exists(path_, ignored) && !std::filesystem::is_regular_file(path_, ignored)) {
    error_ = fmt::format("could not create {}: it exists and is not a regular file", path_);
    return;
  }
  descriptor_ = open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  created_ = descriptor_ >= 0;
  if (!created_) fail("create");
}

NewFile::~NewFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (created_ && !finished_) unlink(partial_.c_str());
}

bool NewFile::write(const void* data, uint64_t bytes) {
  const auto* at = static_cast<const char*>(data);
  while (bytes > 0 && error_.empty()) {
    const ssize_t written = ::write(descriptor_, at, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      fail("write");
      break;
    }
    at += written;
    bytes -= static_cast<uint64_t>(written);
  }
  return error_.empty();
}

bool NewFile::end_at(uint64_t bytes) {
  if (ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) fail("extend");
  return error_.empty();
}

bool NewFile::finish() {
  if (!error_.empty()) return false;
  const bool closed = close(descriptor_) == 0;
  descriptor_ = -1;
  if (!closed) fail("write");
  if (closed && rename(partial_.c_str(), path_.c_str()) != 0) fail("rename");
  finished_ = error_.empty();
  return finished_;
}

void NewFile::fail(const char* what) {
  if (error_.empty()) error_ = fmt::format("could not {} {}: {}", what, partial_, std::strerror(errno));
}

std::string too_full(const std::string& path, uint64_t bytes) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  struct statvfs storage {};
  if (statvfs(folder.c_str(), &storage) != 0)
    return fmt::format("could not read the free storage of {}: {}", folder.string(), std::strerror(errno));
  const uint64_t free_bytes = uint64_t{storage.f_bavail} * storage.f_frsize;
  if (bytes + spare_bytes <= free_bytes) return "";
  return fmt::format("{} would take {:.2f} GB, and {:.2f} GB are free in {}: nothing was written", path,
                     in_gb(bytes), in_gb(free_bytes), folder.string());
}

}  // namespace weighin
