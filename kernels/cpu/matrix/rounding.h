// Activations rounded to what matrix products take, as a kernel of its own.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// cpu.quantize.FORMAT.ISA: activations rounded for the products of FORMAT (rounded_for()).
std::vector<Kernel> rounding_kernels();

}  // namespace weighin
