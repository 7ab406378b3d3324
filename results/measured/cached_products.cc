#include "results/measured/cached_products.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "results/measured/spread.h"

namespace weighin {
namespace {

/// The length of rows at which the sizes of formats are compared: all block lengths divide it.
constexpr uint32_t compared_row = 4096;

double sizes_away(FormatId a, FormatId b) {
  return away(static_cast<double>(row_bytes(a, compared_row)),
              static_cast<double>(row_bytes(b, compared_row)));
}

/// The share of a walk over `mib`: on the line in the logarithm between the two nearest walks.
double share_of_walks(const std::map<uint32_t, double>& walks, double mib) {
  const auto above = walks.lower_bound(static_cast<uint32_t>(std::ceil(mib)));
  if (above == walks.begin()) return above->second;
  if (above == walks.end()) return 1;
  const auto below = std::prev(above);
  const double part = std::log(mib / below->first) / std::log(double{1} * above->first / below->first);
  return below->second + part * (above->second - below->second);
}

}  // namespace

CachedProducts::CachedProducts(std::span<const Measurement* const> measurements, uint32_t threads) {
  for (const Measurement* walk : measurements) {
    if (!is_walk(walk->problem) || walk->threads != threads || !usable(*walk)) continue;
    Problem whole = walk->problem;
    whole.context = 0;
    for (const Measurement* m : measurements)
      if (m->problem == whole && m->threads == threads && usable(*m) && m->seconds > 0)
        shares_[whole.format][walk->problem.context] = std::min(1.0, walk->seconds / m->seconds);
  }
  for (auto& [format, shares] : shares_) {
    // No cache holds any part of twice as many weights as the longest walk had.
    shares[2 * shares.rbegin()->first] = 1;
    // A shorter walk that took longer than a longer one was disturbed: of fewer weights a cache holds no
    // smaller part.
    double longer = 1;
    for (auto at = shares.rbegin(); at != shares.rend(); ++at)
      longer = at->second = std::min(longer, at->second);
  }
}

double bytes_of_token(const std::vector<ProblemUse>& step) {
  double bytes = 0;
  for (const ProblemUse& use : step) {
    const Problem& p = use.problem;
    const double matrix = static_cast<double>(row_bytes(p.format, p.k)) * static_cast<double>(p.m);
    if (p.op == Op::gemv) bytes += use.times * matrix;
    if (p.op == Op::expert_products) bytes += use.times * matrix * p.heads;
    if (p.op == Op::attention) bytes += use.times * cost_of(p).bytes_read;
  }
  return bytes;
}

CachedShare CachedProducts::of(FormatId format, double bytes) const {
  auto walks = shares_.find(format);
  if (walks == shares_.end())
    walks = std::min_element(shares_.begin(), shares_.end(), [&](const auto& a, const auto& b) {
      return sizes_away(a.first, format) < sizes_away(b.first, format);
    });
  if (walks == shares_.end()) return {};
  const double mib = std::max(1.0, bytes / double{1 << 20});
  const double kept = share_of_walks(walks->second, mib), crowded = share_of_walks(walks->second, 2 * mib);
  const double share = std::sqrt(kept * crowded);
  return {share, (crowded - kept) / (2 * share)};
}

}  // namespace weighin
