// Which devices of the catalogue a command is asked about.
#pragma once

#include <string>

#include "harness/cli/options.h"
#include "probes/devices/spec.h"

namespace weighin {

/// What a device must be like to be listed; empty and 0: whatever.
struct DeviceFilter {
  std::string kind, tier, vendor;
  double min_memory_bytes = 0;  // of the largest size it was sold with
};

/// Adds --kind, --tier, --vendor and --min-memory.
void add_device_filter(Command command, DeviceFilter& filter);

bool passes(const DeviceSpec& device, const DeviceFilter& filter);

}  // namespace weighin
