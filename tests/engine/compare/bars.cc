#include "tests/engine/compare/bars.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weighin {
namespace {

/// Formats in wide use, whose prefill is meant to come nearest to the int8 peak.
constexpr std::array<std::string_view, 5> common_formats{"q8_0", "q4_0", "q4_K", "q5_K", "q6_K"};

Bars decode_bars(const QuantFormat& format, bool one_thread) {
  // Formats of fewer than four bits take more computation for each byte that is read.
  if (format.bits_per_weight() < 4) return {one_thread ? 0.75 : 0.85, 1.0};
  return {one_thread ? 0.90 : 0.95, 1.0};
}

Bars prefill_bars(const QuantFormat& format) {
  if (format.id == FormatId::f32) return {0.90, 1.5};
  if (format.id == FormatId::f16) return {0.85, 1.0};
  if (format.id == FormatId::bf16) return {0.77, 1.0};
  const bool common =
      std::find(common_formats.begin(), common_formats.end(), format.name) != common_formats.end();
  return {common ? 0.60 : 0.45, 1.8};
}

}  // namespace

Bars bars_of(const ComparisonCase& of) {
  const QuantFormat& format = format_of(of.problem.format);
  if (of.problem.op == Op::attention) return {0.60, 1.0};
  return of.problem.op == Op::gemv ? decode_bars(format, of.threads == 1) : prefill_bars(format);
}

double fraction_of_bound(const Comparison& c) {
  return paired(c.bound, c.ours);
}

double times_their_speed(const Comparison& c) {
  return paired(c.theirs(), sum_of(c.ours, c.rounding));
}

std::vector<std::string> missed(const Comparison& c) {
  const Bars bars = bars_of(c.of);
  std::vector<std::string> all;
  if (const double reached = fraction_of_bound(c); reached < bars.of_bound)
    all.push_back(fmt::format("bound {:.2f} < {:.2f}", reached, bars.of_bound));
  if (const double reached = times_their_speed(c); reached < bars.times_their)
    all.push_back(fmt::format("speed {:.2f} < {:.1f}", reached, bars.times_their));
  return all;
}

}  // namespace weighin
