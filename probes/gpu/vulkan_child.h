// The child process that loads Vulkan's drivers, which may crash or hang.
#pragma once

#include <string>

namespace weighin {

/// The hidden subcommand that makes this program run as that child process.
inline constexpr const char* vulkan_child_command = "probe-vulkan";

/// Why this process cannot load the Vulkan loader; empty if it can. Loads no driver.
std::string why_no_vulkan_loader();

/// Runs in a child: tells the loader to load the driver of `manifest` alone.
void hold_loader_to(const std::string& manifest);

/// Runs in the child: loads the Vulkan loader with every driver, or with the driver of `manifest` alone, and
/// lists the devices as JSON for devices_from_json. With a bad driver it may crash or never return.
std::string vulkan_devices_json(const std::string& manifest = "");

}  // namespace weighin
