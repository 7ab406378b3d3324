// How fast the storage is read that models are loaded from.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// cpu.storage_read: one thread reads a temporary file of the storage folder.
std::vector<Kernel> storage_kernels();

}  // namespace weighin
