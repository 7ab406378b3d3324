// One large block of memory on huge pages, for what a whole model holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// Zeroed bytes from the system, given out piece by piece from the start.
class PageMemory {
 public:
  PageMemory() = default;
  PageMemory(PageMemory&& other) noexcept;
  PageMemory& operator=(PageMemory&& other) noexcept;
  ~PageMemory();

  /// Error: how much was asked for.
  static tl::expected<PageMemory, std::string> of(uint64_t bytes);

  /// The next `bytes`, on a 64-byte line. All pieces together, each rounded up by piece_bytes(), must fit.
  std::byte* take(uint64_t bytes);

  uint64_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  uint64_t bytes_ = 0, taken_ = 0;
};

/// What take() uses up.
constexpr uint64_t piece_bytes(uint64_t bytes) {
  return (bytes + 63) / 64 * 64;
}

}  // namespace weighin
