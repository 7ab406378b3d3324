// Rounding of activations to what matrix products take, as kernels of their own.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernels cpu.quantize.FORMAT.ISA, which round activations for the products of FORMAT (rounded_for()).
std::vector<Kernel> rounding_kernels();

}  // namespace weighin
