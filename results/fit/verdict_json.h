// Verdicts for other programs: JSON kept stable by its schema version, and CSV.
#pragma once

#include <span>
#include <string>

#include "results/capacity/capacity.h"
#include "results/fit/cpu_or_gpu.h"
#include "results/fit/verdict.h"

namespace weighin {

/// {schema_version, device, engine, context, prompt, kv, accuracy, gpus, cpu_or_gpu, verdicts: [...]}.
/// `accuracy` is a line that says how right such answers are (results/accuracy/sentence.h).
std::string verdicts_json(std::span<const Verdict> verdicts, const Capacity& capacity,
                          const Question& question, const std::string& accuracy,
                          std::span<const CpuOrGpu> compared = {});

/// One row a verdict, RFC 4180.
std::string verdicts_csv(std::span<const Verdict> verdicts);

}  // namespace weighin
