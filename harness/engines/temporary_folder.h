// A folder for files that nobody keeps.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// A new, empty folder of this user's alone, gone with everything in it when this object is. What still uses
/// its files, a child process among them, must have ended before.
class TemporaryFolder {
 public:
  /// Made where the system has such folders (TMPDIR, else /tmp); its name begins with `name`. Error: why
  /// there can be none, and that TMPDIR names another place.
  static tl::expected<TemporaryFolder, std::string> make(const std::string& name);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path);
  std::filesystem::path path_;  // empty once another object owns the folder
};

}  // namespace weighin
