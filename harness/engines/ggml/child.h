// The child process that measures an engine's kernels.
#pragma once

#include <functional>

#include "harness/child/event.h"
#include "harness/engines/ggml/job.h"

namespace weighin {

/// Opens the job's libraries and measures its plan until the budget ends. Each problem is compared with the
/// reference before it is timed. Tells what it does as it does it: `opened` with the text of an OpenedEngine,
/// then `began` and `measured` for each item, then `finished` or `failed`.
void measure_engine(const EngineJob& job, const std::function<void(const ChildEvent&)>& tell);

}  // namespace weighin
