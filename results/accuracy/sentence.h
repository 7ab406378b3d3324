// How right answers are, in one line that stands beside them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "results/measured/cost_model.h"
#include "results/records/verification.h"

namespace weighin {

/// How right answers from specs are, in one line: "on published rows of unseen chips: decode
/// within 30% on 62%, median error 21%; prefill ...". Predicts the shipped rows of the split `test`, once a
/// process (50 ms).
const std::string& published_accuracy_sentence();

/// How right predictions for `engine` are that come from measurements on one device: by the engine's runs
/// there; or else by what sums of the engine's own measured kernels showed, where `costs` has such; or else
/// by the figures that ship for the engine and kernels of `isa`.
std::string measured_accuracy_sentence(std::span<const Verification> verified, std::string_view engine,
                                       std::string_view isa, const CostModel* costs = nullptr);

}  // namespace weighin
