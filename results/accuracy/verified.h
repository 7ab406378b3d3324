// How right predictions of engines that were run on a machine are.
#pragma once

#include <span>
#include <vector>

#include "results/accuracy/accuracy.h"
#include "results/records/verification.h"

namespace weighin {

/// The errors of predictions for engines that were run on one machine (`weighin verify`). Each model in a
/// format counts once. By engine and by format.
std::vector<AccuracyLine> accuracy_of_runs(std::span<const Verification> verified);

}  // namespace weighin
