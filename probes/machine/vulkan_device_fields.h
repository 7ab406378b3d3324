// The field list of VulkanDevice: the one place that says what each field is called in JSON and in the store.
// It makes the JSON of a machine, the answer of the child process that loads drivers, and the rows of the
// store's table gpu.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "probes/machine/gpu.h"

namespace weighin {

/// A member of VulkanDevice, by its type.
using VulkanDeviceMember =
    std::variant<std::string VulkanDevice::*, bool VulkanDevice::*, uint32_t VulkanDevice::*,
                 uint64_t VulkanDevice::*, Fact<uint64_t> VulkanDevice::*,
                 std::vector<std::string> VulkanDevice::*, std::vector<VulkanHeap> VulkanDevice::*,
                 GpuSensors VulkanDevice::*>;

/// Who fills a field.
enum class FilledBy : uint8_t {
  driver,  // the driver says it, so the child process that loads drivers answers with it
  parent,  // the program that ran the child adds it
};

struct VulkanDeviceField {
  const char* name;  // in JSON
  VulkanDeviceMember member;
  FilledBy filled_by = FilledBy::driver;
  const char* column = nullptr;       // in the store's table gpu; nullptr: the store does not keep it
  const char* source_name = nullptr;  // what the source of a fact is called in JSON; nullptr: it is left out
};

/// Every field, in the order of the JSON.
std::span<const VulkanDeviceField> vulkan_device_fields();

}  // namespace weighin
