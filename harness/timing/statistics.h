// Statistics of a list of timings.
#pragma once

#include <vector>

namespace weighin {

/// The middle sample, or for an even count the mean of the middle two; 0 for none.
double median(std::vector<double> samples);

/// Half the width of the median's 95% interval, relative to the median. It follows from order statistics and
/// assumes no distribution: the ranks are n/2 -+ 0.98 sqrt(n) (normal approximation of the binomial; Conover,
/// Practical Nonparametric Statistics, section 3.2). With fewer than 6 samples it is half the range, with
/// fewer than 2 it is 0.
double median_spread(std::vector<double> samples);

}  // namespace weighin
