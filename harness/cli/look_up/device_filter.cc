#include "harness/cli/look_up/device_filter.h"

#include <algorithm>
#include <vector>

#include "harness/cli/units.h"
#include "models/text/letters.h"
#include "models/text/units.h"
#include "probes/devices/tier.h"

namespace weighin {
namespace {

double most_memory(const DeviceSpec& device) {
  return device.memory_gib.empty() ? 0
                                   : *std::max_element(device.memory_gib.begin(), device.memory_gib.end());
}

}  // namespace

void add_device_filter(Command command, DeviceFilter& filter) {
  std::vector<std::string> kinds, tiers;
  for (const DeviceKind kind : all_device_kinds()) kinds.emplace_back(device_kind_name(kind));
  for (const DeviceTier tier : {DeviceTier::low, DeviceTier::mid, DeviceTier::high})
    tiers.emplace_back(device_tier_name(tier));
  command.option("--kind", &filter.kind, "Only devices of this kind").one_of(kinds);
  command.option("--tier", &filter.tier, "Only devices of this tier among those of their kind").one_of(tiers);
  command.option("--vendor", &filter.vendor, "Only devices of this vendor, such as NVIDIA").type_name("NAME");
  command
      .option("--min-memory", &filter.min_memory_bytes,
              "Only devices sold with at least this much memory, such as 16GiB")
      .in_units(byte_units());
}

bool passes(const DeviceSpec& device, const DeviceFilter& filter) {
  if (!filter.kind.empty() && filter.kind != device_kind_name(device.kind)) return false;
  if (!filter.tier.empty() && filter.tier != device_tier_name(tier_of(device))) return false;
  if (!filter.vendor.empty() && !same_letters(filter.vendor, device.vendor)) return false;
  return most_memory(device) * bytes_per_gib >= filter.min_memory_bytes;
}

}  // namespace weighin
