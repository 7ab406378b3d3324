// Vulkan devices. Drivers may crash or hang, so they are only ever loaded in a child process.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "probes/machine.h"

namespace weighin {

/// The hidden subcommand with which this program is run again as that child.
inline constexpr const char* vulkan_child_command = "probe-vulkan";

/// What a GPU is known by, on every driver that shows it as the same: 16 hex digits of its vendor, device and
/// UUID.
std::string vulkan_device_id(uint32_t vendor, uint32_t device, std::span<const uint8_t, 16> uuid);

/// Asks the drivers in child processes (vulkan_drivers.h); a crash, a hang or no answer becomes the reason,
/// or a remark where other drivers answered.
void probe_vulkan(const Host& host, Machine& machine);

/// Why this process cannot load the Vulkan loader; empty where it can. Loads no driver.
std::string why_no_vulkan_loader();

/// In a child: names the one driver that the loader may load.
void hold_loader_to(const std::string& manifest);

/// In the child: loads the Vulkan loader and every driver into this process, or the driver of `manifest`
/// alone, and lists the devices as JSON, which devices_from_json reads. May crash or never return with a bad
/// driver.
std::string vulkan_devices_json(const std::string& manifest = "");

/// What the child said.
struct ChildAnswer {
  Fact<std::vector<VulkanDevice>> devices;
  bool readable = false;  // if only that there is no loader, no driver or no device
};

/// Of the child's output. An unreadable one's reason says in what.
ChildAnswer devices_from_json(const std::string& text);

}  // namespace weighin
