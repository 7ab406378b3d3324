// What a plan of Extent::full has beside one of Extent::normal.
#pragma once

#include "harness/plan/plan_items.h"

namespace weighin {

/// Adds other batches and depths of the class's reference model, and a whole matrix.
void add_full(PlanItems& plan, const SizeClass& size_class, const FileFormat& format, uint32_t threads);

/// Adds attention with every sharing of KV heads, at many depths, over caches of every format.
void add_full_attention(PlanItems& plan, uint32_t threads);

}  // namespace weighin
