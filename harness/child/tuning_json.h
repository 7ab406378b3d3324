// What a search of a GPU's parameters found, as JSON: it travels in a job and in an event.
#pragma once

#include <nlohmann/json.hpp>

#include "results/records/gpu_tuning.h"

namespace weighin {

nlohmann::json tuning_json(const GpuTuning& tuning);

/// Throws json::exception where a field is missing.
GpuTuning tuning_from(const nlohmann::json& row);

}  // namespace weighin
