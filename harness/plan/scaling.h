// Whether slabs stand for whole matrices: the few that were measured both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "results/records/measurement.h"

namespace weighin {

/// How the measured time of whole matrices compares with what their slabs say.
struct SlabScaling {
  size_t pairs = 0;
  double low = 0, mid = 0, high = 0;  // whole seconds / (slab seconds x rows / slab rows): ideally 1
};

/// Over the matrices of `measurements` (one run's) that were measured whole and as the plan's slab for
/// `working_set_bytes`. Nothing when there is none.
std::optional<SlabScaling> slab_scaling(std::span<const Measurement> measurements,
                                        uint64_t working_set_bytes);

/// Beyond this the slabs do not stand for their matrices, and the run says so: twice what the median of one
/// problem moves within minutes on a shared machine (2 to 13%, docs/method/measuring.md).
inline constexpr double most_slab_error = 0.25;
/// The median of fewer pairs says little.
inline constexpr size_t least_slab_pairs = 3;

}  // namespace weighin
