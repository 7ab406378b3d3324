#include "harness/timing/statistics.h"

#include <algorithm>
#include <cmath>

namespace weighin {

double median(std::vector<double> samples) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  const size_t middle = samples.size() / 2;
  return samples.size() % 2 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
}

double median_spread(std::vector<double> samples) {
  if (samples.size() < 2) return 0;
  std::sort(samples.begin(), samples.end());
  const double n = static_cast<double>(samples.size());
  const double below = std::floor(n / 2 - 0.98 * std::sqrt(n));
  const size_t low = n < 6 ? 0 : static_cast<size_t>(std::max(0.0, below - 1));  // ranks count from 1
  const size_t high = samples.size() - 1 - low;
  const double middle = median(samples);
  return middle > 0 ? (samples[high] - samples[low]) / 2 / middle : 0;
}

}  // namespace weighin
