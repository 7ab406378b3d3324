#include "harness/child/tuning_json.h"

namespace weighin {

using nlohmann::json;

json tuning_json(const GpuTuning& tuning) {
  return {{"kernel", tuning.kernel},
          {"parameters", tuning.parameters},
          {"seconds", tuning.seconds},
          {"driver_version", tuning.driver_version}};
}

GpuTuning tuning_from(const json& row) {
  GpuTuning tuning;
  tuning.kernel = row.at("kernel");
  tuning.parameters = row.at("parameters");
  tuning.seconds = row.at("seconds");
  tuning.driver_version = row.at("driver_version");
  return tuning;
}

}  // namespace weighin
