// What a GPU costs beside its kernels: carrying bytes, starting work, and getting memory.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// vulkan.copy.to_device, from_device and on_device; vulkan.dispatch, vulkan.submit and vulkan.allocate.
std::vector<Kernel> vulkan_transfer_kernels();

}  // namespace weighin
