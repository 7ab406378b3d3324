// Learning an engine's efficiency from its runs on this machine: shipped factors, corrected as far as the
// runs say.
//
// Of each run i and phase, y = log(the engine's seconds / the seconds by the shipped factors). To first order
// y = c + sum over parts p of w[p] d[p] + noise: c is the machine's own factor, common to all parts, d[p] a
// part's correction, w[p] its share of the step's seconds. c, d and the noise are taken as normal around 0,
// and their most likely values are a ridge regression: one run moves c for every model and its own format's d
// a little; a part that no run holds stays as shipped.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "results/measured/engine_efficiency.h"

namespace weighin {
namespace {

/// Standard deviations of logarithms: how far a machine's factor lies from the shipped machine's and a part's
/// from its phase's, judgements to be replaced when machines of several kinds have been verified; and how far
/// one model's run lies from what the others say, which nine models here differed by (docs/method.md).
constexpr double machine_deviation = 0.30, part_deviation = 0.10, run_deviation = 0.10;

/// Solves the symmetric system a x = b by Gauss's elimination; a's diagonal dominates (a ridge).
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t row = i + 1; row < n; ++row) {
      const double factor = a[row][i] / a[i][i];
      for (size_t column = i; column < n; ++column) a[row][column] -= factor * a[i][column];
      b[row] -= factor * b[i];
    }
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t column = i + 1; column < n; ++column) b[i] -= a[i][column] * b[column];
    b[i] /= a[i][i];
  }
  return b;
}

struct Observation {
  std::vector<double> shares;  // the machine's first, always 1, then each part's
  double log_ratio = 0;
};

/// The most likely corrections: the machine's, then each part's.
std::vector<double> corrections(const std::vector<Observation>& seen, size_t count) {
  std::vector<std::vector<double>> a(count, std::vector<double>(count, 0));
  std::vector<double> b(count, 0);
  for (size_t i = 0; i < count; ++i) {
    const double deviation = i == 0 ? machine_deviation : part_deviation;
    a[i][i] = run_deviation * run_deviation / (deviation * deviation);
  }
  for (const Observation& o : seen) {
    for (size_t i = 0; i < count; ++i) {
      b[i] += o.shares[i] * o.log_ratio;
      for (size_t j = 0; j < count; ++j) a[i][j] += o.shares[i] * o.shares[j];
    }
  }
  return solve(std::move(a), std::move(b));
}

/// The newest run of each case, whose measured seconds stand beside it.
std::vector<const Verification*> newest_of(std::span<const Verification> verified, std::string_view engine,
                                           uint32_t threads) {
  using Case = std::tuple<std::string, std::string, uint32_t>;
  std::map<Case, const Verification*> newest;
  for (const Verification& v : verified) {
    if (v.engine != engine || (v.threads == 1) != (threads == 1)) continue;
    const Verification*& kept = newest[{v.model, v.format, v.depth}];
    if (!kept || std::tie(v.verified_at, v.id) > std::tie(kept->verified_at, kept->id)) kept = &v;
  }
  std::vector<const Verification*> runs;
  for (const auto& [of, run] : newest) runs.push_back(run);
  return runs;
}

}  // namespace

void EngineEfficiency::learn(std::span<const Verification> verified, uint32_t threads) {
  std::vector<PartKey> keys;
  for (const auto& [key, factor] : factors_) keys.push_back(key);
  size_t used = 0;
  const auto runs = newest_of(verified, engine_, threads);
  std::map<PartKey, double> learned;
  for (const Phase phase : {Phase::decode, Phase::prefill}) {
    std::vector<Observation> seen;
    for (const Verification* run : runs) {
      for (const VerifiedPhase& result : run->phases) {
        if (result.phase != phase || result.parts.empty() || result.tps <= 0) continue;
        const double tokens = phase == Phase::decode ? 1 : result.tokens;
        const double predicted = seconds(phase, result.parts);
        Observation o{std::vector<double>(keys.size() + 1, 0), std::log(tokens / result.tps / predicted)};
        o.shares[0] = 1;
        for (const StepPartTime& part : result.parts) {
          const auto key = std::find(keys.begin(), keys.end(), PartKey{phase, part.kind, part.format});
          if (key == keys.end()) continue;
          o.shares[static_cast<size_t>(key - keys.begin()) + 1] +=
              operation_s(phase, part.kind, part.format, part.seconds, part.peak_s) / predicted;
        }
        seen.push_back(std::move(o));
      }
    }
    if (seen.empty()) continue;
    used = std::max(used, seen.size());
    const std::vector<double> found = corrections(seen, keys.size() + 1);
    for (size_t i = 0; i < keys.size(); ++i)
      if (keys[i].phase == phase) learned[keys[i]] = std::exp(found[i + 1]);
    common_[static_cast<size_t>(phase)] = std::exp(found[0]);
  }
  if (used == 0) return;
  corrections_ = std::move(learned);
  basis_ = EfficiencyBasis::learned;
  source_ = fmt::format("learned here from {} run{} of it (weighin verify), on top of what is {}", used,
                        used == 1 ? "" : "s", source_);
}

}  // namespace weighin
