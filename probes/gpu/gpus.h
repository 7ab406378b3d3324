// Merges what Vulkan, /sys and NVIDIA's library show. One GPU may appear in each of them, and through two
// Vulkan drivers.
#pragma once

#include <vector>

#include "probes/gpu/nvml.h"
#include "probes/gpu/sysfs.h"
#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Lists each GPU once, in the order given. Two entries are the same GPU if they have the same PCI address
/// or, where an address is missing, the same id. Of several drivers that show one GPU the conformant one is
/// kept, then the one with the newer Vulkan version, then the first. The others are named in also_through.
std::vector<VulkanDevice> once_each(std::vector<VulkanDevice> devices);

/// Adds to `machine.vulkan` what the kernel and NVML say: free memory, where the Vulkan driver does not
/// report it, and sensors. GPUs that Vulkan does not show go to `machine.gpus_without_vulkan`.
void join_gpus(const std::vector<SysfsGpu>& sysfs, const Fact<std::vector<NvmlGpu>>& nvml, Machine& machine);

/// The probe: reads /sys and NVML. It runs after the probes of Vulkan and of memory.
void probe_gpus(const Host& host, Machine& machine);

}  // namespace weighin
