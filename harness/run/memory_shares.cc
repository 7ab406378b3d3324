#include "harness/run/memory_shares.h"

#include <algorithm>
#include <bit>

namespace weighin {

uint32_t threads_of(const Machine& machine, const SessionOptions& options) {
  const uint32_t usable = std::max(1u, machine.topology.usable_threads.value.value_or(1));
  return options.threads ? std::min(options.threads, usable) : usable;
}

uint64_t cache_bytes_of(const Machine& machine) {
  return machine.topology.last_level_cache_bytes.value.value_or(0);
}

uint64_t memory_budget_of(const Machine& machine) {
  return usable_memory(machine.memory).bytes / 4;
}

uint64_t wanted_working_set(const Machine& machine) {
  return std::max<uint64_t>(256ull << 20, 4 * cache_bytes_of(machine));
}

uint64_t working_set_of(const Machine& machine) {
  return std::min(wanted_working_set(machine), memory_budget_of(machine));
}

uint64_t least_working_set(std::span<const PlanItem> items) {
  uint64_t largest = 0;
  for (const PlanItem& item : items)
    if (is_product(item.problem.op))
      largest = std::max(largest, row_bytes(item.problem.format, item.problem.k) * item.problem.m *
                                      std::max(1U, item.problem.heads));
  return std::max<uint64_t>(64ull << 20, std::bit_ceil(2 * largest));
}

}  // namespace weighin
