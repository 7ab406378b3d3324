// Speeds from published specifications: of a device of the catalogue, of one that was described, or of a
// machine that was not measured yet.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "results/fit/speed_source.h"

namespace weighin {

bool published_knows(const DeviceProfile& device);
bool published_knows_gpu(const DeviceProfile& device, std::string_view id);
/// The engine is the one that published speeds are mostly of, llama.cpp. `basis` is "spec: ..." with the sum
/// of a token's time.
Prediction predict_published(const DeviceProfile& device, const Request& request, const FormatRequest& format,
                             const Placement& placement);

/// Error: why specifications say nothing of the speed of `model`: it is undisclosed, or an encoder.
tl::expected<void, std::string> answered_by_specs(const ModelShape& model);

}  // namespace weighin
