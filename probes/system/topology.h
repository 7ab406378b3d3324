// Cores, caches and NUMA nodes, through hwloc.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Reads the topology of the live machine, or that of the /proc and /sys of a recorded tree. For a recorded
/// tree, hwloc is directed by environment variables while it loads. Such calls are serialized, but no other
/// thread may read the environment meanwhile.
void probe_topology(const Host& host, Machine& machine);

/// Reads a topology that hwloc exported as XML. Error: the file, and that hwloc could not load it.
tl::expected<Topology, std::string> topology_from_xml(const std::filesystem::path& file);

}  // namespace weighin
