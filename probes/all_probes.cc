#include "probes/all_probes.h"

#include <array>

#include "probes/gpu/gpus.h"
#include "probes/gpu/vulkan.h"
#include "probes/system/cpu.h"
#include "probes/system/identity.h"
#include "probes/system/limits.h"
#include "probes/system/memory.h"
#include "probes/system/platform.h"
#include "probes/system/simd_flags.h"
#include "probes/system/storage.h"
#include "probes/system/topology.h"

namespace weighin {

namespace {

/// One probe: its name in messages, and the function that fills its part of the machine. Probes only read.
struct Probe {
  const char* name;
  void (*fill)(const Host& host, Machine& machine);
};

// The order matters. The GPU probe needs the memory and the Vulkan probe before it. The identity probe needs
// the CPU, the topology and the platform.
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
