// What a list of timings says.
#pragma once

#include <vector>

namespace weighin {

/// The middle sample (of an even count: the mean of the middle two); 0 for none.
double median(std::vector<double> samples);

/// Half the width of the median's 95% interval, relative to the median. Distribution-free, by order
/// statistics: the ranks are n/2 -+ 0.98 sqrt(n) (normal approximation of the binomial; Conover, Practical
/// Nonparametric Statistics, section 3.2). Below 6 samples the range stands in. 0 for fewer than 2.
double median_spread(std::vector<double> samples);

}  // namespace weighin
