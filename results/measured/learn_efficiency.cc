// Learns the efficiency of an engine from its runs on this machine, as a correction of the factors that
// ship.
//
// For each run i and phase, y is the logarithm of the engine's seconds over the seconds that the shipped
// factors predict. To first order, y = c + (sum over the parts p of w[p] d[p]) + noise. Here c is a factor
// of the machine that all parts share, d[p] is the correction of the part p, and w[p] is the share of the
// part in the seconds of the step. c, d and the noise are assumed to be normally distributed around 0;
// their most likely values are then those of a ridge regression. One run thus moves c, which every model
// has, and moves the d of its own format a little. A part that no run contains keeps its shipped factor.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "results/measured/engine_efficiency.h"

namespace weighin {
namespace {

/// Standard deviations of the logarithms in the regression. The first two are judgements, to be replaced
/// when machines of several kinds have been verified: how far the factor of a machine lies from that of
/// the machine the factors were measured on, and how far a part lies from its phase. The third was
/// measured on nine models here: how far the run of one model lies from what the runs of the others
/// predict (docs/method/engines.md).
constexpr double machine_deviation = 0.30, part_deviation = 0.10, run_deviation = 0.10;

/// Solves the symmetric system of equations a x = b by Gaussian elimination. It needs no pivoting, since
/// the ridge makes the diagonal of `a` dominate.
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

/// The most likely corrections: first that of the machine, then that of each part.
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

/// The newest run of each case: model, format and depth.
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
