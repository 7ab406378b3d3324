// A temporary file whose reading is timed, past the page cache.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// A file of random bytes without a name in any folder, so that nothing is left behind, however the program
/// ends.
class StorageFile {
 public:
  /// Writes `bytes` bytes to the file system of `folder`. Error: too little free space, or what the file
  /// system refused.
  static tl::expected<StorageFile, std::string> make(const std::filesystem::path& folder, uint64_t bytes);
  StorageFile(StorageFile&& other) noexcept;
  StorageFile& operator=(StorageFile&&) = delete;
  ~StorageFile();

  /// Reads the whole file once, past the page cache: with O_DIRECT or, if that is refused (by tmpfs, for
  /// example), after telling the kernel to drop its pages. Returns seconds; negative if the file could not be
  /// read.
  double read() noexcept;

  /// Reads the whole file once and compares it with what was written. Error: where it differs, or why it
  /// could not be read.
  tl::expected<void, std::string> compare();

 private:
  using Buffer = std::unique_ptr<char, decltype(&std::free)>;
  StorageFile(int descriptor, uint64_t bytes, Buffer written, Buffer found);
  tl::expected<void, std::string> write();
  void rewind() noexcept;
  int64_t read_chunk() noexcept;
  void stamp(uint64_t chunk) noexcept;

  int descriptor_;
  uint64_t bytes_;
  Buffer written_, found_;  // a chunk each
};

}  // namespace weighin
