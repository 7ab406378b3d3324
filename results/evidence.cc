#include "results/evidence.h"

#include <algorithm>

namespace weighin {
namespace {

std::optional<double> fastest_storage(std::span<const Measurement> measurements) {
  std::optional<double> best;
  for (const Measurement& m : measurements) {
    if (m.problem.op != Op::storage_read || !usable(m) || m.problem.m == 0) continue;
    const double rate = static_cast<double>(m.problem.m) / m.seconds;
    if (!best || rate > *best) best = rate;
  }
  return best;
}

}  // namespace

Evidence::Evidence(std::span<const Measurement> measurements, std::span<const Verification> verified)
    : measurements_(measurements),
      measured_(measurements),
      storage_bytes_per_s_(fastest_storage(measurements)) {
  const uint32_t most = measured_.most_measured();
  const Prices* other = nullptr;
  if (most) other = &prices_.try_emplace(most, measured_, most, nullptr).first->second;
  const std::string isa = isa_of(measurements);
  for (const uint32_t threads : thread_counts()) {
    prices_.try_emplace(threads, measured_, threads, other);
    for (const std::string_view engine : known_engines())
      efficiencies_.try_emplace({engine, threads}, engine, isa, threads, verified);
  }
}

double Evidence::int8_peak(uint32_t threads) const {
  double best = 0;
  for (const Measurement* m : measured_.of(Op::peak_int8, FormatId::none, threads))
    best = std::max(best, cost_of(m->problem).operations / m->seconds);
  return best;
}

const EngineEfficiency& Evidence::efficiency(std::string_view engine, uint32_t threads) const {
  const auto found = efficiencies_.find({engine, threads});
  return found == efficiencies_.end() ? reference_ : found->second;
}

}  // namespace weighin
