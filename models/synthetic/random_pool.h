// Random bytes that are made once and written again and again, each time from another offset, so that weights
// are written at the speed of the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "models/synthetic/new_file.h"

namespace weighin {

/// About the bytes of a pool.
inline constexpr uint64_t pool_bytes = 4ull << 20;

/// Writes `bytes` bytes of `pool` to `file`, beginning at random multiples of `block`. Both sizes are whole
/// blocks.
inline bool write_from_pool(NewFile& file, const std::vector<std::byte>& pool, uint64_t block, uint64_t bytes,
                            std::mt19937_64& random) {
  const uint64_t blocks = pool.size() / block;
  while (bytes > 0) {
    const uint64_t from = random() % blocks * block, left = pool.size() - from;
    const uint64_t part = bytes < left ? bytes : left;
    if (!file.write(pool.data() + from, part)) return false;
    bytes -= part;
  }
  return true;
}

}  // namespace weighin
