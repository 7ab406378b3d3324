// Embedding look-up: rows of a table of weights as floats.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// cpu.embedding.FORMAT.ISA: rows of weights as floats.
std::vector<Kernel> embedding_kernels();

}  // namespace weighin
