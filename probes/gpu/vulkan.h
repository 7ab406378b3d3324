// Vulkan devices. Drivers may crash or hang, so they are only ever loaded in a child process.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// What a GPU is known by, on every driver that shows it as the same: 16 hex digits of its vendor, device and
/// UUID.
std::string vulkan_device_id(uint32_t vendor, uint32_t device, std::span<const uint8_t, 16> uuid);

/// Asks the drivers in child processes (vulkan_drivers.h); a crash, a hang or no answer becomes the reason,
/// or a remark where other drivers answered.
void probe_vulkan(const Host& host, Machine& machine);

}  // namespace weighin
