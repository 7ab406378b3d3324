#include "probes/system/topology.h"

#include <hwloc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "probes/host/system_calls.h"
#include "probes/host/text.h"
#include "probes/system/caches.h"
#include "probes/system/core_kinds.h"
#include "probes/system/quota.h"

namespace weighin {

namespace {

using Loaded = std::unique_ptr<hwloc_topology, decltype(&hwloc_topology_destroy)>;
using Set = std::unique_ptr<hwloc_bitmap_s, decltype(&hwloc_bitmap_free)>;

Loaded new_topology() {
  hwloc_topology_t topology = nullptr;
  // What hwloc cannot read becomes a reason in the result, not a line on standard error.
  setenv("HWLOC_HIDE_ERRORS", "2", 0);
  // hwloc's plugins open the libraries of GPU vendors, which may crash or hang: none is loaded here.
  setenv("HWLOC_PLUGINS_PATH", "/dev/null", 1);
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

/// The type that cpuid gives a core on a live machine ("IntelCore", "IntelAtom"); empty where it gives none.
std::string type_of_core(hwloc_topology_t topology, hwloc_const_cpuset_t core) {
  const int kind = hwloc_cpukinds_get_by_cpuset(topology, core, 0);
  unsigned infos = 0;
  hwloc_info_s* info = nullptr;
  if (kind < 0 ||
      hwloc_cpukinds_get_info(topology, static_cast<unsigned>(kind), nullptr, nullptr, &infos, &info, 0) != 0)
    return "";
  for (unsigned i = 0; i < infos; ++i)
    if (info[i].name == std::string_view("CoreType")) return info[i].value;
  return "";
}

bool below_l3(hwloc_obj_t object) {
  for (hwloc_obj_t above = object->parent; above != nullptr; above = above->parent)
    if (above->type == HWLOC_OBJ_L3CACHE) return true;
  return false;
}

std::vector<CoreThreads> cores_of(hwloc_topology_t topology) {
  std::vector<CoreThreads> cores;
  hwloc_obj_t core = nullptr;
  while ((core = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_CORE, core)) != nullptr) {
    CoreThreads one{.threads = {}, .has_l3 = below_l3(core), .type = type_of_core(topology, core->cpuset)};
    unsigned thread = 0;
    hwloc_bitmap_foreach_begin(thread, core->cpuset) one.threads.push_back(thread);
    hwloc_bitmap_foreach_end();
    if (!one.threads.empty()) cores.push_back(std::move(one));
  }
  return cores;
}

/// The kinds of cores; a single row where some threads belong to no core that is shown.
std::vector<CoreKind> kinds_of(const Host& host, hwloc_topology_t topology, const Topology& counts) {
  std::vector<CoreKind> kinds = core_kinds(host, cores_of(topology));
  uint32_t covered = 0;
  for (const CoreKind& kind : kinds) covered += kind.threads;
  const uint32_t threads = counts.threads.value.value_or(0);
  if (threads == 0 || (covered == threads && !kinds.empty())) return kinds;
  return {
      {"core", counts.cores.value.value_or(0), threads, absent<double>("the cores are not shown", "hwloc")}};
}

/// The threads of a NUMA node. hwloc shows a node without processors (the memory of a GPU, of a CXL card)
/// below the processors that are next to it, whose threads are not its own.
uint32_t threads_of_node(const Host& host, hwloc_obj_t node) {
  const auto list = host.read("/sys/devices/system/node/node" + std::to_string(node->os_index) + "/cpulist");
  return list && trimmed(*list).empty() ? 0 : threads_in(node->cpuset);
}

std::vector<NumaNode> numa_nodes(const Host& host, hwloc_topology_t topology) {
  std::vector<NumaNode> nodes;
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    nodes.push_back({node->os_index, node->attr->numanode.local_memory, threads_of_node(host, node)});
  }
  return nodes;
}

Topology facts_of(const Host& host, hwloc_topology_t topology) {
  Topology facts;
  facts.sockets = count(topology, HWLOC_OBJ_PACKAGE, "packages");
  facts.cores = count(topology, HWLOC_OBJ_CORE, "cores");
  facts.threads = count(topology, HWLOC_OBJ_PU, "hardware threads");
  facts.usable_threads = facts.threads;
  facts.core_kinds = kinds_of(host, topology, facts);
  facts.numa = numa_nodes(host, topology);
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

tl::expected<Topology, std::string> live_topology(const Host& host) {
  const Loaded topology = new_topology();
  if (!topology) return tl::unexpected(std::string("hwloc could not be started"));
  hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  if (hwloc_topology_load(topology.get()) != 0)
    return tl::unexpected(std::string("hwloc could not read this machine"));
  return facts_of(host, topology.get());
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
  return facts_of(host, topology.get());
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
  // XML holds the topology alone, without the files that name kinds of cores.
  Host nothing;
  nothing.root = file.parent_path();
  nothing.live = false;
  return facts_of(nothing, topology.get());
}

}  // namespace weighin
