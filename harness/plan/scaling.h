// Whether slabs stand for whole matrices, judged by the few matrices that were measured both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "results/records/measurement.h"

namespace weighin {

/// How the measured time of whole matrices compares with the time that their slabs predict.
struct SlabScaling {
  size_t pairs = 0;
  double low = 0, mid = 0, high = 0;  // whole seconds / (slab seconds x rows / slab rows): ideally 1
};

/// Compares the matrices in `measurements`, which are of one run, that were measured both whole and as the
/// plan's slab for `working_set_bytes`. Nothing when there are none.
std::optional<SlabScaling> slab_scaling(std::span<const Measurement> measurements,
                                        uint64_t working_set_bytes);

/// Beyond this error the slabs do not stand for their matrices, and the run says so. It is twice what the
/// median of one problem moves within minutes on a shared machine (2 to 13%, docs/method/measuring.md).
inline constexpr double most_slab_error = 0.25;
/// The median of fewer pairs than this says little.
inline constexpr size_t least_slab_pairs = 3;

}  // namespace weighin
