// Rows of the kernel table for kernels on a GPU.
#pragma once

#include <functional>
#include <string>

#include "kernels/kernel/kernel.h"
#include "kernels/vulkan/device/gpu_facts.h"

namespace weighin {

/// Makes a problem ready on the GPU of a workbench, which has one. Error: what the GPU cannot do or hold; the
/// sentence goes on from "Cannot prepare PROBLEM on the GPU: ".
using PrepareOnGpu = std::function<PreparedOrError(const Problem&, Workbench&)>;

/// A kernel on a GPU. Where the workbench has no GPU, preparing it is an error. `lacks` says what a GPU lacks
/// to run it, or nothing (Kernel::lacks).
Kernel gpu_kernel(std::string name, Op op, FormatId format, PrepareOnGpu prepare,
                  std::function<std::string(const GpuFacts&)> lacks);

/// `lacks` of kernels that every GPU runs: nothing.
std::string lacks_nothing(const GpuFacts& gpu);

}  // namespace weighin
