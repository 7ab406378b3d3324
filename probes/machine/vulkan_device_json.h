// VulkanDevice as JSON and back, by its field list.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "probes/machine/gpu.h"

namespace weighin {

/// Every field of `device`; absent facts as {"absent": reason}.
nlohmann::ordered_json vulkan_device_json(const VulkanDevice& device);

/// The fields that a driver fills (FilledBy::driver), from what vulkan_device_json made in the child process.
/// A field that `row` lacks keeps its default. The sources of facts are left empty. Throws nlohmann's
/// exceptions where `row` is no object or has a value of another type.
VulkanDevice vulkan_device_from_json(const nlohmann::json& row);

}  // namespace weighin
