#include "results/fit/speed_source.h"

#include <algorithm>
#include <array>

#include "results/fit/speed_measured.h"
#include "results/fit/speed_published.h"

namespace weighin {
namespace {

bool always(const DeviceProfile&) {
  return true;
}

bool never(const DeviceProfile&, std::string_view) {
  return false;
}

Prediction predict_nothing(const DeviceProfile& device, const Request&, const FormatRequest&,
                           const Placement&) {
  Prediction prediction;
  prediction.basis = device.capacity.memory_kind == LimitKind::target
                         ? "unknown: a size of memory has no speed"
                         : "unknown: nothing was measured here (weighin run), and no specifications of this "
                           "processor are published in the catalogue";
  return prediction;
}

/// The surest first.
constexpr std::array<SpeedSource, 3> sources{{
    {"measured", measured_knows, measured_knows_gpu, predict_measured},
    {"spec", published_knows, published_knows_gpu, predict_published},
    {"none", always, never, predict_nothing},
}};

}  // namespace

const SpeedSource& speed_source_of(const DeviceProfile& device) {
  return *std::find_if(sources.begin(), sources.end(), [&](const SpeedSource& s) { return s.knows(device); });
}

}  // namespace weighin
