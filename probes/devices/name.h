// Finds the device that a name stands for, as people write it: "RTX 4070 Laptop (8GB)", "2x RTX 3090", "pixel
// 8".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "probes/devices/spec.h"

namespace weighin {

/// What a name says, and what was assumed because the name does not say it.
struct NamedDevice {
  const DeviceSpec* device = nullptr;  // in the catalogue; never nullptr in a result
  DevicePart part = DevicePart::cpu;
  bool part_stated = false;
  unsigned count = 1;     // "2x RTX 3090"
  double memory_gib = 0;  // of one device; 0: the buyer fits the memory, and the name does not say how much
  bool memory_stated = false;  // false: memory_gib is the commonest size
  /// What the name leaves open, as sentences: "40 GPU cores, not 32". Each makes the interval of a prediction
  /// wider.
  std::vector<std::string> assumed;
  /// The numbers that a prediction takes and that were recalled, not read: recalled_numbers().
  std::vector<std::string> recalled;
};

/// Resolves names as vendors, drivers, firmware, benchmarks, shops and people write them: with or without the
/// vendor, with a count, a memory size, a number of GPU cores, a part ("CPU", "Vulkan"), a product beside its
/// chip, or a host after "@". Every word must be explained by the device (docs/method/devices.md). A suffix
/// is never dropped or added: "RTX 4070 Ti" is not an RTX 4070, nor the reverse, and a laptop part never
/// takes the numbers of a desktop part. Error: that the name is unknown and which word is at fault, the
/// nearest names, and which options describe such a device.
tl::expected<NamedDevice, std::string> find_device(std::string_view name);

/// The same without an error, which takes most of the time where a name is not known: for tables of many
/// rows.
std::optional<NamedDevice> known_device(std::string_view name);

}  // namespace weighin
