#include "probes/system/topology.h"

#include <hwloc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "probes/host/system_calls.h"
#include "probes/host/text.h"
#include "probes/system/caches.h"
#include "probes/system/quota.h"

namespace weighin {

namespace {

using Loaded = std::unique_ptr<hwloc_topology, decltype(&hwloc_topology_destroy)>;
using Set = std::unique_ptr<hwloc_bitmap_s, decltype(&hwloc_bitmap_free)>;

Loaded new_topology() {
  hwloc_topology_t topology = nullptr;
  // What hwloc cannot read becomes a reason in the result, not a line on standard error.
  setenv("HWLOC_HIDE_ERRORS", "2", 0);
  if (hwloc_topology_init(&topology) != 0) topology = nullptr;
  Loaded loaded(topology, hwloc_topology_destroy);
  if (!loaded) return loaded;
  hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
  for (const hwloc_obj_type_t type : {HWLOC_OBJ_PACKAGE, HWLOC_OBJ_CORE}) {
    hwloc_topology_set_type_filter(topology, type, HWLOC_TYPE_FILTER_KEEP_ALL);
  }
  hwloc_topology_set_cache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
  hwloc_topology_set_icache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
  return loaded;
}

Fact<uint32_t> count(hwloc_topology_t topology, hwloc_obj_type_t type, const char* what) {
  const int found = hwloc_get_nbobjs_by_type(topology, type);
  if (found <= 0) return absent<uint32_t>(std::string("hwloc found no ") + what, "hwloc");
  return known(static_cast<uint32_t>(found), "hwloc");
}

uint32_t cores_within(hwloc_topology_t topology, hwloc_const_bitmap_t set) {
  uint32_t cores = 0;
  hwloc_obj_t core = nullptr;
  while ((core = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_CORE, core)) != nullptr) {
    if (hwloc_bitmap_intersects(core->cpuset, set) != 0) ++cores;
  }
  return cores;
}

const char* info_of(unsigned infos, const hwloc_info_s* info, std::string_view name) {
  for (unsigned i = 0; i < infos; ++i) {
    if (name == info[i].name) return info[i].value;
  }
  return nullptr;
}

CoreKind kind_of(hwloc_topology_t topology, unsigned index, unsigned kinds) {
  CoreKind kind;
  const Set cpus(hwloc_bitmap_alloc(), hwloc_bitmap_free);
  int efficiency = -1;
  unsigned infos = 0;
  hwloc_info_s* info = nullptr;
  if (hwloc_cpukinds_get_info(topology, index, cpus.get(), &efficiency, &infos, &info, 0) != 0) return kind;
  const char* type = info_of(infos, info, "CoreType");
  const std::string_view core_type = type == nullptr ? "" : type;
  kind.kind = "core";
  if (core_type == "IntelAtom") {
    kind.kind = "efficiency";
  } else if (core_type == "IntelCore") {
    kind.kind = "performance";
  } else if (kinds > 1 && efficiency >= 0) {
    // hwloc numbers the kinds of cores from the least powerful (0) to the most powerful.
    const bool most = static_cast<unsigned>(efficiency) + 1 == kinds;
    kind.kind = most ? "performance" : efficiency == 0 ? "efficiency" : "middle";
  }
  kind.cores = cores_within(topology, cpus.get());
  kind.threads = threads_in(cpus.get());
  const char* max = info_of(infos, info, "FrequencyMaxMHz");
  const auto mhz = max == nullptr ? std::nullopt : whole_number(max);
  kind.max_mhz = mhz ? known(static_cast<double>(*mhz), "hwloc FrequencyMaxMHz")
                     : absent<double>("hwloc knows no maximum frequency", "hwloc");
  return kind;
}

// Kinds with one name share a row. Favoured cores with a slightly higher turbo frequency are no kind of their
// own.
void add_kind(std::vector<CoreKind>& kinds, const CoreKind& kind) {
  for (CoreKind& row : kinds) {
    if (row.kind != kind.kind) continue;
    row.cores += kind.cores;
    row.threads += kind.threads;
    if (kind.max_mhz.known() && (!row.max_mhz.known() || *row.max_mhz.value < *kind.max_mhz.value)) {
      row.max_mhz = kind.max_mhz;
    }
    return;
  }
  kinds.push_back(kind);
}

std::vector<CoreKind> core_kinds(hwloc_topology_t topology, const Topology& counts) {
  std::vector<CoreKind> kinds;
  const int found = hwloc_cpukinds_get_nr(topology, 0);
  for (int i = 0; i < found; ++i) {
    add_kind(kinds, kind_of(topology, static_cast<unsigned>(i), static_cast<unsigned>(found)));
  }
  if (kinds.size() == 1) kinds[0].kind = "core";
  uint32_t covered = 0;
  for (const CoreKind& kind : kinds) covered += kind.threads;
  const uint32_t threads = counts.threads.value.value_or(0);
  if (threads == 0 || (covered == threads && !kinds.empty())) return kinds;
  // There are no kinds, or some cores have none. A single row then says what is known.
  return {{"core", counts.cores.value.value_or(0), threads,
           absent<double>("hwloc knows no maximum frequency", "hwloc")}};
}

std::vector<NumaNode> numa_nodes(hwloc_topology_t topology) {
  std::vector<NumaNode> nodes;
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    nodes.push_back({node->os_index, node->attr->numanode.local_memory, threads_in(node->cpuset)});
  }
  return nodes;
}

Topology facts_of(hwloc_topology_t topology) {
  Topology facts;
  facts.sockets = count(topology, HWLOC_OBJ_PACKAGE, "packages");
  facts.cores = count(topology, HWLOC_OBJ_CORE, "cores");
  facts.threads = count(topology, HWLOC_OBJ_PU, "hardware threads");
  facts.usable_threads = facts.threads;
  facts.core_kinds = core_kinds(topology, facts);
  facts.numa = numa_nodes(topology);
  add_caches(topology, facts);
  return facts;
}

// Sets environment variables while it lives, and then restores the old values.
class TemporaryEnvironment {
 public:
  TemporaryEnvironment(std::initializer_list<std::pair<const char*, std::string>> variables) {
    for (const auto& [name, value] : variables) {
      const char* old = std::getenv(name);
      before_.emplace_back(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
      setenv(name, value.c_str(), 1);
    }
  }
  ~TemporaryEnvironment() {
    for (const auto& [name, old] : before_) {
      if (old)
        setenv(name, old->c_str(), 1);
      else
        unsetenv(name);
    }
  }
  TemporaryEnvironment(const TemporaryEnvironment&) = delete;
  TemporaryEnvironment& operator=(const TemporaryEnvironment&) = delete;

 private:
  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

// Linux names the kinds of Intel's hybrid cores by their performance counters, /sys/devices/cpu_core and
// cpu_atom. hwloc learns them from cpuid only, which a recorded tree does not have.
void register_intel_kinds(const Host& host, hwloc_topology_t topology) {
  const auto performance = host.read("/sys/devices/cpu_core/cpus");
  const auto efficiency = host.read("/sys/devices/cpu_atom/cpus");
  if (!performance || !efficiency || hwloc_cpukinds_get_nr(topology, 0) > 1) return;
  int rank = 0;
  for (const auto& [list, type] :
       {std::pair(*efficiency, "IntelAtom"), std::pair(*performance, "IntelCore")}) {
    const Set cpus(hwloc_bitmap_alloc(), hwloc_bitmap_free);
    if (hwloc_bitmap_list_sscanf(cpus.get(), list.c_str()) != 0) return;
    hwloc_info_s info{const_cast<char*>("CoreType"), const_cast<char*>(type)};
    hwloc_cpukinds_register(topology, cpus.get(), rank++, 1, &info, 0);
  }
}

tl::expected<Topology, std::string> live_topology(const Host& host) {
  const Loaded topology = new_topology();
  if (!topology) return tl::unexpected(std::string("hwloc could not be started"));
  hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  if (hwloc_topology_load(topology.get()) != 0)
    return tl::unexpected(std::string("hwloc could not read this machine"));
  register_intel_kinds(host, topology.get());
  return facts_of(topology.get());
}

tl::expected<Topology, std::string> recorded_topology(const Host& host) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const Loaded topology = new_topology();
  if (!topology) return tl::unexpected(std::string("hwloc could not be started"));
  const TemporaryEnvironment variables{{"HWLOC_FSROOT", std::filesystem::absolute(host.root).string()},
                                       {"HWLOC_THISSYSTEM", "0"},
                                       {"HWLOC_HIDE_ERRORS", "2"}};
  hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  // cpuid would describe the machine that this program runs on.
  hwloc_topology_set_components(topology.get(), HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
  if (hwloc_topology_load(topology.get()) != 0) {
    return tl::unexpected(std::string("hwloc could not read the recorded /proc and /sys"));
  }
  register_intel_kinds(host, topology.get());
  return facts_of(topology.get());
}

// The number of threads in a list such as "0-3,8".
std::optional<uint32_t> listed_threads(std::string_view list) {
  const Set set(hwloc_bitmap_alloc(), hwloc_bitmap_free);
  if (hwloc_bitmap_list_sscanf(set.get(), std::string(list).c_str()) != 0) return std::nullopt;
  const int number = hwloc_bitmap_weight(set.get());
  return number > 0 ? std::optional(static_cast<uint32_t>(number)) : std::nullopt;
}

Fact<uint32_t> usable_threads(const Host& host, const Topology& topology) {
  Fact<uint32_t> usable = topology.threads;
  const auto status = host.read("/proc/self/status");
  const auto list = status ? field(*status, "Cpus_allowed_list") : std::nullopt;
  const auto listed = list ? listed_threads(*list) : std::nullopt;
  if (listed && (!usable.known() || *listed < *usable.value)) {
    usable = known(*listed, "/proc/self/status Cpus_allowed_list");
  }
  const auto allowed = host.live ? allowed_threads() : std::nullopt;
  if (allowed && (!usable.known() || *allowed < *usable.value)) usable = known(*allowed, "sched_getaffinity");
  const Fact<uint32_t> quota = quota_threads(host);
  if (quota.known() && (!usable.known() || *quota.value < *usable.value)) usable = quota;
  return usable;
}

}  // namespace

void probe_topology(const Host& host, Machine& machine) {
  const auto found = host.live ? live_topology(host) : recorded_topology(host);
  if (found) {
    machine.topology = *found;
    if (!found->caches_remark.empty()) machine.remarks.push_back(found->caches_remark);
  } else {
    for (Fact<uint32_t>* fact :
         {&machine.topology.sockets, &machine.topology.cores, &machine.topology.threads}) {
      *fact = absent<uint32_t>(found.error(), "hwloc");
    }
    machine.topology.last_level_cache_bytes = absent<uint64_t>(found.error(), "hwloc");
  }
  machine.topology.usable_threads = usable_threads(host, machine.topology);
}

tl::expected<Topology, std::string> topology_from_xml(const std::filesystem::path& file) {
  const Loaded topology = new_topology();
  if (!topology) return tl::unexpected(std::string("hwloc could not be started."));
  if (hwloc_topology_set_xml(topology.get(), file.c_str()) != 0 || hwloc_topology_load(topology.get()) != 0) {
    return tl::unexpected("hwloc could not read the topology in " + file.string() +
                          "; it must be XML that hwloc wrote.");
  }
  return facts_of(topology.get());
}

}  // namespace weighin
