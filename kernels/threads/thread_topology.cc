#include "kernels/threads/thread_topology.h"

#include <hwloc.h>

#include <algorithm>
#include <map>
#include <memory>

#include "kernels/system/affinity.h"

namespace weighin {
namespace {

using Topology = std::unique_ptr<hwloc_topology, decltype(&hwloc_topology_destroy)>;

Topology new_topology() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) topology = nullptr;
  return {topology, hwloc_topology_destroy};
}

/// The processors of every core. The fastest kind of core comes first; within a kind the order is hwloc's,
/// which keeps neighbours together.
std::vector<std::vector<Processor>> cores_of(hwloc_topology_t topology, const Allowed& allowed) {
  std::vector<std::vector<Processor>> cores;
  const int count = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
  for (int i = 0; i < count; ++i) {
    const hwloc_const_bitmap_t set = hwloc_get_obj_by_type(topology, HWLOC_OBJ_CORE, i)->cpuset;
    const int kind = hwloc_cpukinds_get_by_cpuset(topology, set, 0);
    int efficiency = -1;
    if (kind >= 0) hwloc_cpukinds_get_info(topology, kind, nullptr, &efficiency, nullptr, nullptr, 0);
    std::vector<Processor> core;
    for (int cpu = hwloc_bitmap_first(set); cpu >= 0; cpu = hwloc_bitmap_next(set, cpu))
      if (allowed(cpu)) core.push_back({cpu, i, efficiency});
    if (!core.empty()) cores.push_back(std::move(core));
  }
  std::stable_sort(cores.begin(), cores.end(),
                   [](const auto& a, const auto& b) { return a.front().efficiency > b.front().efficiency; });
  return cores;
}

std::vector<Processor> in_order(hwloc_topology_t topology, const Allowed& allowed) {
  const auto cores = cores_of(topology, allowed);
  std::vector<Processor> order;
  for (size_t sibling = 0, before = 1; order.size() != before; ++sibling) {
    before = order.size();
    for (const auto& core : cores)
      if (sibling < core.size()) order.push_back(core[sibling]);
  }
  return order;
}

}  // namespace

std::vector<Processor> processors_here(const Allowed& allowed) {
  std::vector<Processor> order;
  const Topology topology = new_topology();
  if (topology && hwloc_topology_load(topology.get()) == 0) order = in_order(topology.get(), allowed);
  // Processors that hwloc does not know of, or all of them where it finds no cores.
  for (int cpu = 0; cpu < most_processors; ++cpu) {
    const auto same = [cpu](const Processor& known) { return known.cpu == cpu; };
    if (allowed(cpu) && std::none_of(order.begin(), order.end(), same)) order.push_back({cpu, -1, -1});
  }
  return order;
}

tl::expected<std::vector<Processor>, std::string> processors_of_xml(const std::string& xml,
                                                                    const Allowed& allowed) {
  const Topology topology = new_topology();
  if (!topology) return tl::unexpected(std::string("hwloc could not be started."));
  if (hwloc_topology_set_xmlbuffer(topology.get(), xml.c_str(), static_cast<int>(xml.size() + 1)) != 0 ||
      hwloc_topology_load(topology.get()) != 0)
    return tl::unexpected(std::string("hwloc could not read the topology; it must be XML that hwloc wrote."));
  return in_order(topology.get(), allowed);
}

bool alike(const std::vector<Processor>& processors, uint32_t team) {
  const size_t members = std::min<size_t>(team, processors.size());
  std::map<int, size_t> of_core;
  for (size_t i = 0; i < members; ++i) {
    if (processors[i].efficiency != processors[0].efficiency) return false;
    if (processors[i].core >= 0) ++of_core[processors[i].core];
  }
  return std::all_of(of_core.begin(), of_core.end(),
                     [&](const auto& core) { return core.second == of_core.begin()->second; });
}

}  // namespace weighin
