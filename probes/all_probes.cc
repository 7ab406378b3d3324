#include <array>

#include "probes/cpu.h"
#include "probes/gpu/gpus.h"
#include "probes/gpu/vulkan.h"
#include "probes/identity.h"
#include "probes/memory.h"
#include "probes/platform.h"
#include "probes/storage.h"
#include "probes/topology.h"

namespace weighin {

namespace {

// In this order: the GPUs need the memory and Vulkan before them, the identity the CPU, the topology and the
// platform.
constexpr std::array probes{
    Probe{"cpu", probe_cpu},           Probe{"simd", probe_simd},     Probe{"topology", probe_topology},
    Probe{"memory", probe_memory},     Probe{"limits", probe_limits}, Probe{"platform", probe_platform},
    Probe{"storage", probe_storage},   Probe{"vulkan", probe_vulkan}, Probe{"gpus", probe_gpus},
    Probe{"identity", probe_identity},
};

}  // namespace

Machine probe_machine(const Host& host) {
  Machine machine;
  for (const Probe& probe : probes) probe.fill(host, machine);
  return machine;
}

}  // namespace weighin
