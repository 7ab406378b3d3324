// Facts as JSON, for the files that write a machine.
#pragma once

#include <nlohmann/json.hpp>

#include "probes/machine/fact.h"
#include "probes/machine/gpu.h"

namespace weighin {

/// The value of a fact, or {"absent": reason}.
template <class T>
nlohmann::ordered_json fact_json(const Fact<T>& fact) {
  if (fact.known()) return *fact.value;
  return {{"absent", fact.reason.empty() ? "not probed" : fact.reason}};
}

/// Each sensor as a fact.
inline nlohmann::ordered_json sensors_json(const GpuSensors& sensors) {
  return {{"temperature_c", fact_json(sensors.temperature_c)},
          {"power_w", fact_json(sensors.power_w)},
          {"power_limit_w", fact_json(sensors.power_limit_w)},
          {"clock_mhz", fact_json(sensors.clock_mhz)}};
}

}  // namespace weighin
