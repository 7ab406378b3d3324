// One GPU seen several ways is one: through two Vulkan drivers, the kernel's /sys and NVIDIA's library.
#pragma once

#include <vector>

#include "probes/gpu/nvml.h"
#include "probes/gpu/sysfs.h"
#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Each GPU once, in the order given. Two are the same at one PCI address, else of one id and no address. The
/// driver that is conformant stays, then the one of the newer Vulkan, then the one shown first; the others
/// are in also_through.
std::vector<VulkanDevice> once_each(std::vector<VulkanDevice> devices);

/// Joins what the kernel and NVML say to `machine.vulkan`: memory that is free now, where the Vulkan driver
/// does not say, and sensors. Those that Vulkan does not show go to `machine.gpus_without_vulkan`.
void join_gpus(const std::vector<SysfsGpu>& sysfs, const Fact<std::vector<NvmlGpu>>& nvml, Machine& machine);

/// The probe: /sys and NVML, after Vulkan and memory.
void probe_gpus(const Host& host, Machine& machine);

}  // namespace weighin
