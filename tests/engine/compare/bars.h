// What the kernels are to reach (docs/performance.md), and where a comparison shows that they do not.
#pragma once

#include <string>
#include <vector>

#include "tests/engine/compare/comparison.h"

namespace weighin {

struct Bars {
  double of_bound = 0;     // the least fraction of the paired bound; rounding is not in it
  double times_their = 0;  // the least speed relative to llama.cpp's better layout; rounding is in it
};

Bars bars_of(const ComparisonCase& of);

/// The fraction of the bound that our kernel reaches.
double fraction_of_bound(const Comparison& comparison);
/// Our speed, rounding included, relative to theirs.
double times_their_speed(const Comparison& comparison);

/// "bound 0.88 < 0.90", "speed 0.93 < 1.0"; empty when both bars are reached.
std::vector<std::string> missed(const Comparison& comparison);

}  // namespace weighin
