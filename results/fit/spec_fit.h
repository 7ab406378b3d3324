// What a device known by its specs gives a model, and how fast it runs one.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "probes/devices/budgets.h"
#include "probes/devices/name.h"
#include "results/fit/asked_model.h"
#include "results/spec/model.h"

namespace weighin {

/// A device of the catalogue, or one described, as a program of some kind may use it.
struct SpecTarget {
  NamedDevice named;
  RunsAs runs_as = RunsAs::native;
};

/// The memory budget of its devices together; storage is not known.
Capacity capacity_of(const SpecTarget& target);

/// Error: why specs say nothing of its speed: it is undisclosed, or an encoder.
tl::expected<void, std::string> answered_by_specs(const ModelShape& model);

/// A model that is asked of devices known by their specs.
struct SpecAsked {
  AskedModel model;
  std::vector<ModelWork> works;  // one a format
};
SpecAsked ask_specs(const ModelShape& shape, const Question& question);

/// As asked_model.h's, on such a device. The engine is the one that published speeds are mostly of,
/// llama.cpp; `basis` is "spec: ..." with the sum of a token's time.
std::vector<Verdict> weigh(const SpecAsked& asked, const Capacity& capacity, const SpecTarget& target);
Verdict answer(const SpecAsked& asked, const Capacity& capacity, const SpecTarget& target);

Verdict fit(const ModelShape& shape, const Question& question, const Capacity& capacity,
            const SpecTarget& target);

}  // namespace weighin
