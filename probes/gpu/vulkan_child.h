// The child process that loads Vulkan's drivers, which may crash or hang.
#pragma once

#include <string>

namespace weighin {

/// The hidden subcommand with which this program is run again as that child.
inline constexpr const char* vulkan_child_command = "probe-vulkan";

/// Why this process cannot load the Vulkan loader; empty where it can. Loads no driver.
std::string why_no_vulkan_loader();

/// In a child: names the one driver that the loader may load.
void hold_loader_to(const std::string& manifest);

/// In the child: loads the Vulkan loader and every driver into this process, or the driver of `manifest`
/// alone, and lists the devices as JSON, which devices_from_json reads. May crash or never return with a bad
/// driver.
std::string vulkan_devices_json(const std::string& manifest = "");

}  // namespace weighin
