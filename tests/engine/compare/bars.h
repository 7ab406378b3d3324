// The speeds that the kernels are meant to reach (docs/performance.md), and which of them a comparison
// misses.
#pragma once

#include <string>
#include <vector>

#include "tests/engine/compare/comparison.h"

namespace weighin {

struct Bars {
  /// The least fraction of the paired bound. The rounding of activations does not count.
  double of_bound = 0;
  /// The least speed relative to llama.cpp's better layout. The rounding of activations counts.
  double times_their = 0;
};

Bars bars_of(const ComparisonCase& of);

/// The fraction of the bound that our kernel reaches.
double fraction_of_bound(const Comparison& comparison);
/// Our speed relative to theirs, with the rounding of activations.
double times_their_speed(const Comparison& comparison);

/// "bound 0.88 < 0.90", "speed 0.93 < 1.0"; empty when both bars are reached.
std::vector<std::string> missed(const Comparison& comparison);

}  // namespace weighin
