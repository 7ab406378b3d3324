// The child that measures a GPU: whatever a driver does to it, the program that started it goes on.
#pragma once

#include <functional>

#include "harness/gpu/job.h"

namespace weighin {

/// Opens the GPU and measures its plan; tells of everything as it happens. Returns only where the driver lets
/// it; a failure of the GPU is an event and ends the job.
void measure_gpu(const GpuJob& job, const std::function<void(const GpuEvent&)>& tell);

}  // namespace weighin
