// Weights repacked from the order of a file to the order that products read.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernels cpu.repack.FORMAT.ISA, which bring rows from the order of a file to the one that the products
/// of ISA read.
std::vector<Kernel> repack_kernels();

}  // namespace weighin
