#include "results/report/rates.h"

#include <algorithm>

namespace weighin {

double best_rate(const std::vector<Measurement>& measurements, Op op, const Side& side) {
  double best = 0;
  for (const Measurement& m : measurements) {
    if (!side.holds(m) || m.status != Status::measured || m.seconds <= 0 || m.problem.op != op) continue;
    const Cost cost = cost_of(m.problem);
    best = std::max(best, (op == Op::stream_read ? cost.bytes() : cost.operations) / m.seconds);
  }
  return best;
}

}  // namespace weighin
