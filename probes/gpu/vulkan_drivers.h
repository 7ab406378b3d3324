// Asks Vulkan's drivers in child processes: all of them at once and, if that fails, one by one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "probes/host/host.h"
#include "probes/machine/gpu.h"

namespace weighin {

/// The answer of all drivers.
struct DriversAnswer {
  Fact<std::vector<VulkanDevice>> devices;
  std::vector<std::string> failures;  // a sentence for each driver that was left out
};

/// The driver manifests in the loader's order: those that VK_DRIVER_FILES or VK_ICD_FILENAMES name, otherwise
/// those of the folders that the loader's documentation lists (LoaderDriverInterface.md, "Driver Discovery on
/// Linux").
std::vector<std::filesystem::path> driver_manifests(const Host& host);

/// Runs the child. A driver that crashes, hangs or answers what cannot be read hides every GPU. In that case
/// each driver is asked alone, and those that fail are named. Takes 3 s at most, and up to 6 s more if a
/// driver failed.
DriversAnswer ask_vulkan_drivers(const Host& host);

}  // namespace weighin
