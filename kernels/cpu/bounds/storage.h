// How fast the storage that models are loaded from is read.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernel cpu.storage_read: one thread reads a temporary file of the storage folder, past the page cache.
std::vector<Kernel> storage_kernels();

}  // namespace weighin
