// Vulkan devices. Vulkan's drivers may crash or hang, so they are only loaded in a child process.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// The id of a GPU: 16 hex digits of a hash over its vendor, device and UUID. Every driver that reports the
/// same UUID gives the GPU the same id.
std::string vulkan_device_id(uint32_t vendor, uint32_t device, std::span<const uint8_t, 16> uuid);

/// Asks the drivers in child processes (vulkan_drivers.h). A crash, a hang or a missing answer becomes the
/// reason of the absent fact, or a remark if other drivers answered.
void probe_vulkan(const Host& host, Machine& machine);

}  // namespace weighin
