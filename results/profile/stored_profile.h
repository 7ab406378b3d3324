// The device profile of what a store holds: the one place where a device is loaded with what was measured on
// it.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "results/profile/device_profile.h"
#include "results/store/store.h"

namespace weighin {

/// The newest measurements of `device` and the runs of engines on it, with `capacity`. Error: the store could
/// not be read.
tl::expected<DeviceProfile, std::string> stored_profile(const Store& store, const Device& device,
                                                        Capacity capacity);

/// The same with the capacity that a stored device has without other programs.
tl::expected<DeviceProfile, std::string> stored_profile(const Store& store, const Device& device);

}  // namespace weighin
