// Speeds from what was measured on the device itself.
#pragma once

#include <string_view>

#include "results/fit/speed_source.h"

namespace weighin {

bool measured_knows(const DeviceProfile& device);
bool measured_knows_gpu(const DeviceProfile& device, std::string_view id);
Prediction predict_measured(const DeviceProfile& device, const Request& request, const FormatRequest& format,
                            const Placement& placement);

}  // namespace weighin
