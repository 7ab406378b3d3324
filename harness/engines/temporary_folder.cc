#include "harness/engines/temporary_folder.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace weighin {
namespace {

namespace fs = std::filesystem;

std::string none(const std::string& where, const std::error_code& why) {
  return "no temporary folder could be made" + where + ": " + why.message() +
         "; name one that may be written with TMPDIR";
}

}  // namespace

tl::expected<TemporaryFolder, std::string> TemporaryFolder::make(const std::string& name) {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) return tl::unexpected(none("", error));
  // mkdtemp puts letters of its own choice in place of the last six.
  std::string path = (parent / (name + "-" + std::string(6, 'X'))).string();
  if (!mkdtemp(path.data()))
    return tl::unexpected(none(" in " + parent.string(), std::error_code(errno, std::generic_category())));
  return TemporaryFolder(path);
}

TemporaryFolder::TemporaryFolder(fs::path path) : path_(std::move(path)) {}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace weighin
