// The options that say for which device a command answers. Each is declared and read here once.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"
#include "probes/devices/budgets.h"
#include "probes/devices/described.h"
#include "probes/devices/name.h"
#include "results/profile/device_profile.h"

namespace weighin {

struct DeviceOptions {
  std::string device;           // --device; empty: this machine, or the described device
  DeviceDescription described;  // --bandwidth and the others
  std::string runs_as{runs_as_name(RunsAs::native)};

  /// Whether one of the numbers that describe a device was given.
  bool describes() const;
};

/// Adds --device, --bandwidth, --memory, --tflops, --part and --as. Returns the first.
Option add_device(Command command, DeviceOptions& options);

/// Adds --bandwidth, --memory, --tflops and --part alone. Returns the first two.
std::pair<Option, Option> add_description(Command command, DeviceDescription& description);

/// Adds --as alone, which matters on devices that are known by their specs and not measured.
void add_runs_as(Command command, std::string& runs_as);

/// What --as says.
RunsAs runs_as_called(const std::string& name);

/// The device that `spec`, which describe_device() made, stands for.
NamedDevice described_device(const DeviceSpec& spec);

/// The profile of the device that was asked for: the described one, a measured one, one of the catalogue, or
/// this machine as it is now. Error: no device has that name, the description is wrong, or both are given.
tl::expected<DeviceProfile, std::string> asked_device(const DeviceOptions& options,
                                                      const Invocation& invocation);

}  // namespace weighin
