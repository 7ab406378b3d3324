// What a device known by its specs gives a model, and how fast it runs one.
#pragma once

#include "models/file_format.h"
#include "models/shape.h"
#include "probes/budgets.h"
#include "probes/device_name.h"
#include "results/fit.h"

namespace weighin {

struct Prediction;

/// A device of the catalogue, or one described, as a program of some kind may use it.
struct SpecTarget {
  NamedDevice named;
  RunsAs runs_as = RunsAs::native;
};

/// The memory budget of its devices together; storage is not known.
Capacity capacity_of(const SpecTarget& target);

/// Speeds from specs alone (spec_prediction.h), `basis` "spec: ..." with the sum of a token's time. `depth`
/// tokens are in the cache when decode is timed.
Prediction predict_on(const SpecTarget& target, const ModelShape& shape, const FileFormat& format,
                      uint32_t prompt, uint32_t depth, uint32_t context);

}  // namespace weighin
