// What activations and other operands are filled with.
#pragma once

#include <cstdint>
#include "kernels/formats/data.h"
#include "kernels/operands/operand_memory.h"

namespace weighin {

/// Activations of matrix products, whose int8 and bf16 forms are exact: multiples, up to 127, of a power of
/// two, where each group of 32 has one of 127. The check then sees only the kernel's own rounding. It does
/// not see that of the activations (at most 1/254 of the group's largest, the same for every kernel), which
/// would hide a wrong weight among thousands. Ordinary data are multiples of 2^-7. Adversarial data are
/// groups of zeros, of denormals, of one spike among values that round to nothing beside it, of alternating
/// signs, of the largest values at the group's edges, and of large values. Large values go up to 2^27 with an
/// odd seed, and the rest is lost in rounding beside them; with an even seed they go up to 127, and every
/// value counts.
Floats activations(uint64_t count, Data data, uint64_t seed);

/// `count` scales of rows of weights: positive, from 2^-4 to 2.
Floats row_scales(uint64_t count, uint64_t seed);

/// `count` values in rows of `row` each. Ordinary data is uniform in (-limit, limit). Adversarial data has
/// whole rows, or groups of 32, of one kind: zeros of either sign, denormals, alternating +-limit, one of
/// +-limit among values of about 10^-6, or anything between.
Floats operand_rows(uint64_t count, uint64_t row, float limit, Data data, uint64_t seed);

}  // namespace weighin
