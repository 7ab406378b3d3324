// Where the speeds of a device come from: one file and one row a source (speed_source.cc).
#pragma once

#include <string_view>

#include "results/capacity/placement.h"
#include "results/fit/request.h"
#include "results/profile/device_profile.h"
#include "results/records/prediction.h"

namespace weighin {

struct SpeedSource {
  std::string_view name;  // "measured", "spec", "none"
  /// Whether it knows the speed of the device's processor, or of anything on it.
  bool (*knows)(const DeviceProfile&);
  /// Whether it knows the speed of the GPU with that id.
  bool (*knows_gpu)(const DeviceProfile&, std::string_view id);
  /// The speeds of one format of `request`, laid out so. What it cannot predict is left empty, and the
  /// prediction's `basis` says why.
  Prediction (*predict)(const DeviceProfile&, const Request&, const FormatRequest&, const Placement&);
};

/// The surest source that knows `device`; the last one, which predicts nothing, where none does.
const SpeedSource& speed_source_of(const DeviceProfile& device);

}  // namespace weighin
