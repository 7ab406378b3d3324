// The device that a command answers for: this machine now, or a stored one.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/cli/command.h"
#include "results/fit/weighed_device.h"

namespace weighin {

bool any_measured(const std::vector<Measurement>& measurements);

/// What the device called `name` (label or id; empty: this machine) gives, and its measurements, of which
/// there may be none. Error: no such device, a store that cannot be read, or none where a device is named.
tl::expected<WeighedDevice, std::string> weighed_device(const std::string& name,
                                                        const Invocation& invocation);

/// The same; error where nothing was measured on it.
tl::expected<WeighedDevice, std::string> measured_device(const std::string& name,
                                                         const Invocation& invocation);

/// Every stored device on which something was measured, by label; none where there is no database.
std::vector<WeighedDevice> measured_devices(const Invocation& invocation);

}  // namespace weighin
