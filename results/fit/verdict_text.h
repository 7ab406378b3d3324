// Verdicts for a terminal.
#pragma once

#include <span>
#include <string>

#include "results/capacity/capacity.h"
#include "results/fit/cpu_or_gpu.h"
#include "results/fit/verdict.h"

namespace weighin {

/// "Device X: 23 GiB of memory available now, 80 GB of storage free."
std::string device_text(const Capacity& capacity);

/// For a terminal `columns` wide: a table with what keeps each model from running well, or the `whole` of
/// each verdict
/// (`explain`: term by term); then assumptions, `accuracy` (how right such answers are, a line) and warnings.
std::string verdicts_text(std::span<const Verdict> verdicts, const Capacity& capacity,
                          const Question& question, const std::string& accuracy, bool explain,
                          unsigned columns, bool whole = false, std::span<const CpuOrGpu> compared = {});

}  // namespace weighin
