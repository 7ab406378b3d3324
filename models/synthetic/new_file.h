// Writes a large file completely or not at all.
#pragma once

#include <cstdint>
#include <string>

namespace weighin {

/// A new file. It is written under the name PATH.part, gets its own name when it is finished, and is removed
/// otherwise.
class NewFile {
 public:
  explicit NewFile(std::string path);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();
  /// Appends. False after an error, as from the other functions.
  bool write(const void* data, uint64_t bytes);
  /// Makes the file `bytes` long, with a hole after what was written.
  bool end_at(uint64_t bytes);
  /// Closes the file and gives it its name.
  bool finish();
  /// The first error. Empty where there is none.
  const std::string& error() const { return error_; }

 private:
  void fail(const char* what);
  std::string path_, partial_, error_;
  int descriptor_ = -1;
  bool created_ = false;
  bool finished_ = false;
};

/// Empty where the storage at `path` has room for a file of `bytes` and 64 MiB to spare, else a sentence with
/// both numbers.
std::string too_full(const std::string& path, uint64_t bytes);

}  // namespace weighin
