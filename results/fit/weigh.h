// The one way to weigh a model on a device. Every command that says whether a model fits or how fast it runs
// asks here.
#pragma once

#include <optional>
#include <vector>

#include "results/fit/request.h"
#include "results/fit/verdict.h"
#include "results/profile/device_profile.h"

namespace weighin {

/// One verdict a format, in the request's order, without the largest context. Each is on the placement that
/// takes the least time for the prompt and the answer, of those that fit. Empty where the model is
/// undisclosed.
std::vector<Verdict> weigh_formats(const Request& request, const DeviceProfile& device);

/// The verdict in the best format (best_format.h), with the largest context that fits.
Verdict weigh(const Request& request, const DeviceProfile& device);

/// The same of a model that is asked of one device alone.
Verdict weigh_model(const ModelShape& shape, const Question& question, const DeviceProfile& device);

/// Seconds of what was asked: the prompt and the whole answer, or an encoder's text; empty where a speed of
/// them is not known.
std::optional<double> request_s(const Prediction& prediction, const Question& question);

}  // namespace weighin
