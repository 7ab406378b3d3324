#include "results/measured/spread.h"

#include <algorithm>
#include <cmath>

namespace weighin {
namespace {

/// The half-width of an 80% interval over that of a 95% interval, by the quantiles of the normal
/// distribution.
constexpr double to_80_percent = 1.2816 / 1.9600;

}  // namespace

Spread spread_of(const Measurement& m) {
  const double half = std::max(0.0, m.spread) * to_80_percent;
  if (m.samples.size() < 2) return {half, half};
  const auto [least, most] = std::minmax_element(m.samples.begin(), m.samples.end());
  return {std::min(half, std::max(0.0, *most / m.seconds - 1)),
          std::min(half, std::max(0.0, m.seconds / std::max(*least, 1e-12) - 1))};
}

double away(double a, double b) {
  return std::abs(std::log(std::max(a, 1.0) / std::max(b, 1.0)));
}

}  // namespace weighin
