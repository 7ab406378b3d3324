// What activations and other operands are filled with.
#pragma once

#include <cstdint>
#include "kernels/formats/data.h"
#include "kernels/operands/operand_memory.h"

namespace weighin {

/// Activations of matrix products whose int8 and bf16 forms are exact: whole multiples, up to 127, of a power
/// of two, each group of 32 with one of 127. The check then sees only the kernel's own rounding, not that of
/// the activations (at most 1/254 of the group's largest, the same for every kernel), which would hide a
/// wrong weight among thousands. Ordinary: multiples of 2^-7. Adversarial: groups of zeros, denormals, one
/// spike among values that round to nothing beside it, alternating signs, the largest at the group's edges,
/// and large ones: with an odd seed up to 2^27, beside which the rest is lost in rounding; with an even one
/// up to 127, and all counts.
Floats activations(uint64_t count, Data data, uint64_t seed);

/// `count` scales of weights' rows: positive, 2^-4 to 2.
Floats row_scales(uint64_t count, uint64_t seed);

/// `count` values of rows of `row` each. Ordinary: uniform in (-limit, limit). Adversarial: whole rows or
/// groups of 32 of one kind: zeros of either sign, denormals, alternating +-limit, one of +-limit among
/// values of about 10^-6, anything between.
Floats operand_rows(uint64_t count, uint64_t row, float limit, Data data, uint64_t seed);

}  // namespace weighin
