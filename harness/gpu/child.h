// The child process that measures a GPU. Whatever a driver does to it, the program that started it goes on.
#pragma once

#include <functional>

#include "harness/child/event.h"
#include "harness/gpu/job.h"

namespace weighin {

/// Opens the GPU and measures its plan. `tell` is called with everything as it happens. A failure of the GPU
/// is an event, and ends the job. It may never return, if the driver crashes or hangs.
void measure_gpu(const GpuJob& job, const std::function<void(const ChildEvent&)>& tell);

}  // namespace weighin
