#include "probes/system/caches.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "models/text/units.h"

namespace weighin {
namespace {

constexpr uint64_t largest_amd_l3_bytes = 96_mib;
constexpr uint32_t threads_of_amd_l3 = 16;

/// The properties of caches that are alike.
using CacheKind = std::tuple<uint32_t, std::string, uint64_t, uint32_t>;  // level, type, bytes, threads
using CacheCounts = std::map<CacheKind, uint32_t>;

const char* type_of(hwloc_obj_cache_type_t type) {
  if (type == HWLOC_OBJ_CACHE_DATA) return "data";
  return type == HWLOC_OBJ_CACHE_INSTRUCTION ? "instruction" : "unified";
}

CacheCounts shown_caches(hwloc_topology_t topology) {
  CacheCounts rows;
  for (int type = HWLOC_OBJ_L1CACHE; type <= HWLOC_OBJ_L3ICACHE; ++type) {
    hwloc_obj_t cache = nullptr;
    while ((cache = hwloc_get_next_obj_by_type(topology, static_cast<hwloc_obj_type_t>(type), cache)) !=
           nullptr) {
      const auto& facts = cache->attr->cache;
      ++rows[{facts.depth, type_of(facts.type), facts.size, threads_in(cache->cpuset)}];
    }
  }
  return rows;
}

bool holds_data(hwloc_obj_t object) {
  return hwloc_obj_type_is_cache(object->type) != 0 && hwloc_obj_type_is_icache(object->type) == 0;
}

/// The bytes of the outermost caches above the threads; each cache counts once.
uint64_t last_level_bytes(hwloc_topology_t topology) {
  std::set<hwloc_obj_t> outermost;
  hwloc_obj_t thread = nullptr;
  while ((thread = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, thread)) != nullptr) {
    hwloc_obj_t last = nullptr;
    for (hwloc_obj_t above = thread->parent; above != nullptr; above = above->parent) {
      if (holds_data(above) && above->attr->cache.size > 0) last = above;
    }
    if (last != nullptr) outermost.insert(last);
  }
  uint64_t bytes = 0;
  for (hwloc_obj_t cache : outermost) bytes += cache->attr->cache.size;
  return bytes;
}

bool is_of_amd(hwloc_topology_t topology) {
  const hwloc_obj_t package = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PACKAGE, nullptr);
  const char* vendor = package ? hwloc_obj_get_info_by_name(package, "CPUVendor") : nullptr;
  return vendor && (vendor == std::string_view("AuthenticAMD") || vendor == std::string_view("HygonGenuine"));
}

/// Replaces L3 caches that can only be sums by as many caches of the largest size as their threads may have.
/// Returns the largest size that was shown; 0 if all of them are possible.
uint64_t bound_amd_l3(CacheCounts& rows) {
  uint64_t shown = 0;
  uint32_t threads = 0;
  for (auto row = rows.begin(); row != rows.end();) {
    const auto& [level, type, bytes, shared_by] = row->first;
    if (level != 3 || bytes <= largest_amd_l3_bytes) {
      ++row;
      continue;
    }
    shown = std::max(shown, bytes);
    threads += shared_by * row->second;
    row = rows.erase(row);
  }
  if (shown == 0) return 0;
  const uint32_t number = std::max(1U, (threads + threads_of_amd_l3 - 1) / threads_of_amd_l3);
  rows[{3, "unified", largest_amd_l3_bytes, std::min(threads, threads_of_amd_l3)}] += number;
  return shown;
}

}  // namespace

uint32_t threads_in(hwloc_const_bitmap_t set) {
  return set == nullptr ? 0 : static_cast<uint32_t>(std::max(0, hwloc_bitmap_weight(set)));
}

void add_caches(hwloc_topology_t topology, Topology& facts) {
  CacheCounts rows = shown_caches(topology);
  uint64_t last_level = last_level_bytes(topology);
  if (const uint64_t shown = is_of_amd(topology) ? bound_amd_l3(rows) : 0; shown > 0) {
    last_level = 0;
    for (const auto& [row, number] : rows)
      if (std::get<0>(row) == 3) last_level += std::get<2>(row) * number;
    facts.caches_remark = fmt::format(
        "an L3 cache of {} MiB is shown, which is the sum of a whole processor's: {} MiB for each {} "
        "threads, "
        "AMD's largest, are assumed",
        shown / 1_mib, largest_amd_l3_bytes / 1_mib, threads_of_amd_l3);
  }
  for (const auto& [row, number] : rows) {
    const auto& [level, type, bytes, threads] = row;
    facts.caches.push_back({level, type, bytes, threads, number});
  }
  facts.last_level_cache_bytes =
      last_level > 0 ? known(last_level, "hwloc") : absent<uint64_t>("hwloc found no cache sizes", "hwloc");
}

}  // namespace weighin
