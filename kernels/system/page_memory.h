// Large blocks of memory from the operating system, on huge pages where it has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// A block of zeroed memory, which is given out piece by piece from its start and returned to the system as a
/// whole.
class PageMemory {
 public:
  PageMemory() = default;
  PageMemory(PageMemory&& other) noexcept;
  PageMemory& operator=(PageMemory&& other) noexcept;
  ~PageMemory();

  /// A block of `bytes`, at least 1. Error: how much the system refused.
  static tl::expected<PageMemory, std::string> of(uint64_t bytes);

  /// The next `bytes` of the block, on a 64-byte line. All pieces together, each rounded up by piece_bytes(),
  /// must fit.
  std::byte* take(uint64_t bytes);

  /// From now on a write to the block ends the program.
  void make_read_only();

  uint64_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  uint64_t bytes_ = 0, taken_ = 0;
};

/// The bytes of a block that take(bytes) uses up.
constexpr uint64_t piece_bytes(uint64_t bytes) {
  return (bytes + 63) / 64 * 64;
}

/// Asks the system to put [memory, memory + bytes) on huge pages, so that fewer address translations are
/// missed. It is only advice: small pages serve as well, more slowly.
void advise_huge_pages(void* memory, size_t bytes);

}  // namespace weighin
