// A file that is mapped into memory to be read.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

class MappedFile {
 public:
  /// The whole file at `path`. Error: the path, and what the system said.
  static tl::expected<MappedFile, std::string> open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

}  // namespace weighin
