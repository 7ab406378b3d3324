// Asking Vulkan's drivers in child processes: all at once, and where that fails one by one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "probes/host/host.h"
#include "probes/machine/gpu.h"

namespace weighin {

/// What the drivers answered.
struct DriversAnswer {
  Fact<std::vector<VulkanDevice>> devices;
  std::vector<std::string> failures;  // a sentence for each driver that was left out
};

/// The manifests that the loader reads, in its order: those that VK_DRIVER_FILES or VK_ICD_FILENAMES name, or
/// else of the folders that its documentation lists (LoaderDriverInterface.md, "Driver Discovery on Linux").
std::vector<std::filesystem::path> driver_manifests(const Host& host);

/// Runs the child. One that crashes, hangs or talks nonsense hides every GPU; then each driver is asked
/// alone, and those that fail are named. Takes 3 s at most, and 6 s more where a driver failed.
DriversAnswer ask_vulkan_drivers(const Host& host);

}  // namespace weighin
