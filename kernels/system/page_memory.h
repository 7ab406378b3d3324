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

  /// From now on a write to the block ends the program, until make_writable() allows it again.
  void make_read_only();
  void make_writable();

  uint64_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  uint64_t bytes_ = 0, taken_ = 0;
};

/// The bytes of a block that take(bytes) uses up.
constexpr uint64_t piece_bytes(uint64_t bytes) {
  return (bytes + 63) / 64 * 64;
}

/// Whether copy_past_caches() leaves the copy in memory alone.
#if defined(__x86_64__) || defined(__aarch64__)
inline constexpr bool copies_past_caches = true;
#else
inline constexpr bool copies_past_caches = false;
#endif

/// Copies [from, from + bytes) to `to`, where nothing overlaps. Afterwards no cache holds the copy, so that
/// the next read of it comes from memory: on x86-64 the stores go past the caches (MOVNTDQ), which also saves
/// reading the lines that are overwritten; on 64-bit ARM the lines are cleaned and dropped (DC CIVAC).
void copy_past_caches(std::byte* to, const std::byte* from, uint64_t bytes);

/// Asks the system to put [memory, memory + bytes) on huge pages, so that fewer address translations are
/// missed. It is only advice: small pages serve as well, more slowly.
void advise_huge_pages(void* memory, size_t bytes);

}  // namespace weighin
