// llama.cpp's results are compared with our double-precision reference, which shows that both sides do the
// same work.
#pragma once

#include <cstddef>
#include <span>

#include "kernels/kernel/kernel.h"
#include "kernels/operands/operand_memory.h"
#include "kernels/problem/problem.h"

namespace weighin {

/// The query of an attention problem, [heads][k], uniform in (-8, 8): the one that our kernel is timed with.
Floats query_of(const Problem& problem, const Workbench& bench);

/// Compares `results` of an operation of llama.cpp's with the reference over the same weights (the first in
/// `weights`) and the same activations or query `x`: `samples` of them, spread over all, the last one among
/// them. Products are [n][m]; attention of one token, over a cache [kv_heads][keys, values][context][k], is
/// [heads][k].
Check check_theirs(const Problem& problem, std::span<const std::byte> weights, std::span<const float> x,
                   std::span<const float> results, uint32_t samples);

/// The tolerance of a product over k values, whose activations are exact in each form that the library rounds
/// them to.
double product_tolerance(uint32_t k);
/// The tolerance of attention: the library rounds queries to f16, and may sum weighted values in f16.
double attention_tolerance();

}  // namespace weighin
