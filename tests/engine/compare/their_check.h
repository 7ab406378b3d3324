// llama.cpp's results are compared with our double-precision reference, which shows that both sides do the
// same work.
#pragma once

#include <cstddef>
#include <span>

#include "kernels/kernel/kernel.h"
#include "kernels/operands/operand_memory.h"
#include "tests/engine/compare/their_graphs.h"

namespace weighin {

/// The query of an attention problem, [heads][k], uniform in (-8, 8): the one that our kernel is timed with.
Floats query_of(const Problem& problem, const Workbench& bench);

/// Compares results of the graphs' first operation with the reference over the same weights (the first in
/// `weights`) and the same activations or query `x`: `samples` results, spread over all, the last one among
/// them.
Check check_theirs(const Problem& problem, std::span<const std::byte> weights, const Floats& x,
                   const TheirGraphs& graphs, uint32_t samples);

}  // namespace weighin
