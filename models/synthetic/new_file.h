// Writing a large file anew, or not at all.
#pragma once

#include <cstdint>
#include <string>

namespace weighin {

/// A file under a partial name, which takes its own when it is finished and is removed when it is not.
class NewFile {
 public:
  explicit NewFile(std::string path);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();
  bool write(const void* data, uint64_t bytes);
  /// A hole up to `bytes`.
  bool end_at(uint64_t bytes);
  bool finish();
  /// Empty until something failed; then the first failure.
  const std::string& error() const { return error_; }

 private:
  void fail(const char* what);
  std::string path_, partial_, error_;
  int descriptor_ = -1;
  bool created_ = false;
  bool finished_ = false;
};

/// Empty where a file of `bytes` fits into the free storage at `path`, with some to spare; else a sentence
/// with both numbers.
std::string too_full(const std::string& path, uint64_t bytes);

}  // namespace weighin
