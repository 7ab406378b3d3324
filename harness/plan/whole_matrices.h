// Whole matrices, which show how well slabs stand for them.
#pragma once

#include "harness/plan/plan_items.h"

namespace weighin {

/// Adds the first matrix of `step` that is cut to a slab elsewhere, but small enough to be timed whole.
void add_first_whole(PlanItems& plan, const std::vector<ProblemUse>& step, Op op, uint32_t threads,
                     const SizeClass& size_class);

/// Adds a decode matrix and a prefill matrix of the 1B class, whole, in each format.
void add_whole_matrices(PlanItems& plan, uint32_t threads);

}  // namespace weighin
