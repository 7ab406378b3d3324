// All kernels on GPUs.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The rows of the kernel table that GPUs run. Of those that compute one problem, the one that is usually
/// fastest comes first.
std::vector<Kernel> vulkan_kernels();

}  // namespace weighin
