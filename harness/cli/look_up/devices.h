// What the parts of `weighin devices` share: one file a subcommand.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/command.h"
#include "probes/devices/described.h"
#include "probes/devices/name.h"
#include "probes/devices/spec.h"

namespace weighin {

/// Which devices `devices list` lists; empty and 0: all.
struct DeviceFilter {
  std::string kind, tier, vendor;
  double min_memory_bytes = 0;
};

enum class ListForm : uint8_t { text, json, csv };

bool passes(const DeviceSpec& device, const DeviceFilter& filter);
/// Adds --kind, --tier, --vendor and --min-memory.
void add_filter(Command command, DeviceFilter& filter);

/// Lists the catalogue's devices that pass `filter`.
void list_devices(const DeviceFilter& filter, ListForm form);

/// Shows the device that `name` stands for, or fails with near names.
void show_device(Invocation& invocation, const std::string& name, bool as_json);

/// Adds `devices describe`: a device by its numbers.
void add_devices_describe(Command devices, Invocation& invocation);

/// Adds `devices smallest`: the smallest devices that run a model.
void add_devices_smallest(Command devices, Invocation& invocation);

/// Everything known of one device; `named` says of which part, how many and what was assumed.
void print_device(const NamedDevice& named, bool as_json);

}  // namespace weighin
