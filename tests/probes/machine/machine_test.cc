// What a machine's facts mean together.
#include "probes/machine/machine.h"

#include <gtest/gtest.h>

namespace weighin {
namespace {

constexpr uint64_t gib = uint64_t{1} << 30;

Memory memory_with_swap() {
  Memory memory;
  memory.total_bytes = known(8 * gib, "/proc/meminfo MemTotal");
  memory.available_bytes = known(3 * gib, "/proc/meminfo MemAvailable");
  memory.swap_total_bytes = known(16 * gib, "/proc/meminfo SwapTotal");
  memory.swap_free_bytes = known(16 * gib, "/proc/meminfo SwapFree");
  return memory;
}

TEST(UsableMemory, SwapNeverCounts) {
  EXPECT_EQ(usable_memory(memory_with_swap()).bytes, 3 * gib);
  EXPECT_EQ(usable_memory(memory_with_swap()).limit, "RAM");
}

TEST(UsableMemory, TheTightestLimitBinds) {
  Memory memory = memory_with_swap();
  for (const auto& [kind, available] : {std::pair{"cgroup", 2 * gib}, std::pair{"ulimit -v", 5 * gib}}) {
    MemoryLimit limit;
    limit.kind = kind;
    limit.available_bytes = available;
    memory.limits.push_back(limit);
  }
  EXPECT_EQ(usable_memory(memory).bytes, 2 * gib);
  EXPECT_EQ(usable_memory(memory).limit, "cgroup");
}

TEST(UsableMemory, WithoutTheFreeMemoryItIsUnknown) {
  Memory memory = memory_with_swap();
  memory.available_bytes = absent<uint64_t>("no /proc", "/proc/meminfo MemAvailable");
  EXPECT_EQ(usable_memory(memory).bytes, 0U);
  EXPECT_EQ(usable_memory(memory).limit, "unknown");
}

}  // namespace
}  // namespace weighin
