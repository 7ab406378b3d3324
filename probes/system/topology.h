// Cores, caches and NUMA nodes, through hwloc.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// The live machine's topology, or that of a recorded tree's /proc and /sys. For a recorded tree hwloc is
/// steered by environment variables while it loads: calls are serialized, but no other thread may read the
/// environment.
void probe_topology(const Host& host, Machine& machine);

/// A topology exported by hwloc as XML. Error: the file and that hwloc could not load it.
tl::expected<Topology, std::string> topology_from_xml(const std::filesystem::path& file);

}  // namespace weighin
