#include "kernels/operands/operand_memory.h"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <new>

#include "kernels/system/page_memory.h"

namespace weighin {
namespace {

constexpr size_t large_bytes = size_t{1} << 20;
constexpr std::align_val_t line{64}, huge_page{size_t{2} << 20};

/// Blocks have few sizes, so that one block serves many problems. Half steps between powers of two waste a
/// third at most.
size_t block_bytes(size_t bytes) {
  const size_t power = std::bit_floor(bytes);
  if (bytes == power) return power;
  return bytes <= power + power / 2 ? power + power / 2 : 2 * power;
}

/// The blocks that were given back, by size, and the sizes of those that are taken.
struct FreeBlocks {
  std::mutex mutex;
  std::multimap<size_t, void*> blocks;
  std::map<void*, size_t> taken;
  uint64_t bytes = 0, most_bytes = uint64_t{512} << 20;

  ~FreeBlocks() {
    for (const auto& [size, block] : blocks) ::operator delete(block, huge_page);
  }
  void shrink() {
    while (bytes > most_bytes) {
      const auto largest = std::prev(blocks.end());
      ::operator delete(largest->second, huge_page);
      bytes -= largest->first;
      blocks.erase(largest);
    }
  }
};

FreeBlocks& free_blocks() {
  static FreeBlocks blocks;
  return blocks;
}

}  // namespace

void* take_operand_memory(size_t bytes) {
  if (bytes < large_bytes) return ::operator new(std::max<size_t>(1, bytes), line);
  const size_t size = block_bytes(bytes);
  {
    FreeBlocks& k = free_blocks();
    const std::lock_guard lock(k.mutex);
    // A block that is larger than needed serves as well: its pages have been touched.
    if (const auto found = k.blocks.lower_bound(size); found != k.blocks.end()) {
      void* memory = found->second;
      k.taken[memory] = found->first;
      k.bytes -= found->first;
      k.blocks.erase(found);
      return memory;
    }
  }
  void* memory = ::operator new(size, huge_page);
  advise_huge_pages(memory, size);
  const std::lock_guard lock(free_blocks().mutex);
  free_blocks().taken[memory] = size;
  return memory;
}

void give_operand_memory(void* memory, size_t bytes) {
  if (bytes < large_bytes) return ::operator delete(memory, line);
  FreeBlocks& k = free_blocks();
  const std::lock_guard lock(k.mutex);
  const auto taken = k.taken.find(memory);
  k.blocks.emplace(taken->second, memory);
  k.bytes += taken->second;
  k.taken.erase(taken);
  k.shrink();
}

void keep_operand_memory(uint64_t bytes) {
  FreeBlocks& k = free_blocks();
  const std::lock_guard lock(k.mutex);
  k.most_bytes = bytes;
  k.shrink();
}

}  // namespace weighin
