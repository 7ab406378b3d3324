// The device that a command answers for, loaded in one place: this machine now, a stored one, one of the
// catalogue.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/cli/invocation.h"
#include "results/profile/device_profile.h"
#include "results/records/device.h"
#include "results/records/run.h"

namespace weighin {

/// The profile of this machine as it is now (`name` is empty), or of the stored device that has `name` as its
/// label or id. Nothing need have been measured on it. Error: there is no such device, or the store cannot be
/// read.
tl::expected<DeviceProfile, std::string> load_device(const std::string& name, const Invocation& invocation);

/// The same, or the device of the catalogue that `name` means, as `runs_as` may use it: what was measured
/// comes before what is published. Error: nobody knows the device.
tl::expected<DeviceProfile, std::string> load_any_device(const std::string& name, RunsAs runs_as,
                                                         const Invocation& invocation);

/// A device as the store has it, with its profile and its newest run.
struct LoadedDevice {
  Device device;
  DeviceProfile profile;
  std::optional<Run> run;
};

/// A stored device by its label or id, or this machine as it is now, which must be in the store. Error: it is
/// not.
tl::expected<LoadedDevice, std::string> load_stored_device(const std::string& name,
                                                           const Invocation& invocation);

/// Every stored device on which something was measured, by label; none where there is no database.
tl::expected<std::vector<DeviceProfile>, std::string> load_measured_devices(const Invocation& invocation);

}  // namespace weighin
