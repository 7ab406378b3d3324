// Which devices of the catalogue run a model, the smallest first.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "probes/devices/tier.h"
#include "results/fit/verdict.h"
#include "results/profile/device_profile.h"

namespace weighin {

/// A device that runs a model, with the least memory that it is sold with and that suffices.
struct DeviceRun {
  const DeviceSpec* device = nullptr;
  DevicePart part = DevicePart::cpu;
  double memory_gib = 0;
  double bandwidth_gbs = 0;
  DeviceTier tier = DeviceTier::low;
  Verdict verdict;
};

/// The devices that pass `among` and run the model, each with its usual part, ordered by memory and then by
/// bandwidth. A device that is sold without memory is left out. Error: the model is undisclosed, or an
/// encoder.
tl::expected<std::vector<DeviceRun>, std::string> devices_that_run(
    const ModelShape& model, const Question& question, RunsAs runs_as,
    const std::function<bool(const DeviceSpec&)>& among);

}  // namespace weighin
