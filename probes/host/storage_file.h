// A temporary file to read, past the page cache.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// A file of random bytes that no name leads to: nothing stays behind, however the program ends.
class StorageFile {
 public:
  /// Writes `bytes` bytes to the disk below `folder`. Error: too little free space, or what the file system
  /// refused.
  static tl::expected<StorageFile, std::string> make(const std::filesystem::path& folder, uint64_t bytes);
  StorageFile(StorageFile&& other) noexcept;
  StorageFile& operator=(StorageFile&&) = delete;
  ~StorageFile();

  /// Reads the whole file once, past the page cache (O_DIRECT; where that is refused, as by tmpfs, after
  /// advice to drop it). Seconds, or negative when it could not be read.
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
