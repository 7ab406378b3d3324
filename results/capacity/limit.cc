#include "results/capacity/limit.h"

#include <array>
#include <utility>

namespace weighin {
namespace {

constexpr double no_room = 1e300;

constexpr std::array<std::pair<LimitKind, std::string_view>, 14> names{{
    {LimitKind::none, "none"},
    {LimitKind::unknown, "unknown"},
    {LimitKind::ram, "RAM"},
    {LimitKind::cgroup, "cgroup"},
    {LimitKind::ulimit_v, "ulimit -v"},
    {LimitKind::ulimit_d, "ulimit -d"},
    {LimitKind::memory_limit, "memory limit"},
    {LimitKind::vram, "VRAM"},
    {LimitKind::target, "target"},
    {LimitKind::storage, "storage"},
    {LimitKind::speed, "speed"},
    {LimitKind::max_storage_buffer_range, "maxStorageBufferRange"},
    {LimitKind::max_memory_allocation_size, "maxMemoryAllocationSize"},
    {LimitKind::max_memory_allocation_count, "maxMemoryAllocationCount"},
}};

}  // namespace

std::string_view limit_name(LimitKind kind) {
  for (const auto& [known, name] : names)
    if (known == kind) return name;
  return "unknown";
}

LimitKind memory_limit_of(std::string_view name) {
  for (const auto& [kind, known] : names)
    if (known == name) return kind;
  return LimitKind::memory_limit;
}

double share_of(const Limit& limit) {
  return limit.usable > 0 ? limit.needed / limit.usable : no_room;
}

}  // namespace weighin
