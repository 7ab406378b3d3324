// Random bytes made once and written again and again, each time from another place: weights at disk speed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "models/synthetic/new_file.h"

namespace weighin {

/// Bytes of a pool, about.
inline constexpr uint64_t pool_bytes = 4ull << 20;

/// Writes `bytes` of `pool` to `file`, from random multiples of `block` on. Both are whole blocks.
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
