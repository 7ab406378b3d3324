#include "harness/cli/whole_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace weighin {

std::filesystem::path report_beside(const std::string& database) {
  return std::filesystem::path(database).parent_path() / "report.html";
}

tl::expected<void, std::string> write_whole_file(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    return tl::unexpected(
        fmt::format("cannot make the folder {}: {}", path.parent_path().string(), error.message()));
  // A device such as /dev/stdout cannot be replaced by a file.
  const bool in_place =
      std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error);
  const std::filesystem::path target = in_place ? path : std::filesystem::path(path.string() + ".part");
  errno = 0;
  std::ofstream file(target, std::ios::binary);
  file << text << std::flush;
  const std::string reason = errno ? std::strerror(errno) : "unknown reason";
  if (!file) {
    if (!in_place) std::filesystem::remove(target, error);
    return tl::unexpected(fmt::format("cannot write {}: {}", path.string(), reason));
  }
  file.close();
  if (in_place) return {};
  std::filesystem::rename(target, path, error);
  if (!error) return {};
  std::error_code ignored;
  std::filesystem::remove(target, ignored);
  return tl::unexpected(fmt::format("cannot write {}: {}", path.string(), error.message()));
}

}  // namespace weighin
