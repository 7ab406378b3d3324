// Embedding look-up: rows of a table of weights as floats.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernels cpu.embedding.FORMAT.ISA, which turn rows of weights into floats.
std::vector<Kernel> embedding_kernels();

}  // namespace weighin
