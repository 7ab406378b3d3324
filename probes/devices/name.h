// The device that a name people write stands for: "RTX 4070 Laptop (8GB)", "2x RTX 3090", "pixel 8".
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "probes/devices/spec.h"

namespace weighin {

/// What a name says, and what had to be assumed for it.
struct NamedDevice {
  const DeviceSpec* device = nullptr;  // of the catalogue; never nullptr in an answer
  DevicePart part = DevicePart::cpu;
  bool part_stated = false;
  unsigned count = 1;          // "2x RTX 3090"
  double memory_gib = 0;       // of one; 0: the buyer fits it, and the name does not say how much
  bool memory_stated = false;  // else it is the commonest size
  /// What the name leaves open, as sentences: "40 GPU cores, not 32". A prediction on it has a wider
  /// interval.
  std::vector<std::string> assumed;
  /// Numbers it stands on that were recalled and not read: recalled_numbers().
  std::vector<std::string> recalled;
};

/// Resolves what vendors, drivers, benchmarks and people write: with or without the vendor, with a count, a
/// memory size, a number of GPU cores, a part ("CPU", "Vulkan"), a product beside its chip, a host after "@".
/// A suffix never falls: "RTX 4070 Ti" is no RTX 4070 nor the reverse, and no laptop part takes a desktop
/// part's numbers. Error: that the name is unknown, the nearest names, and what describes such a device.
tl::expected<NamedDevice, std::string> find_device(std::string_view name);

}  // namespace weighin
