// Weights repacked from the order of a file to the order that products read.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// cpu.repack.FORMAT.ISA: rows from a file's order to the one that ISA's products read.
std::vector<Kernel> repack_kernels();

}  // namespace weighin
