#include "results/measured/measured_problems.h"

#include <cmath>

namespace weighin {

MeasuredProblems::MeasuredProblems(std::span<const Measurement* const> measurements) {
  std::map<uint32_t, size_t> products;  // by thread count
  for (const Measurement* m : measurements) {
    if (!usable(*m)) continue;
    kinds_[{m->problem.op, m->problem.format, m->threads}].push_back(m);
    if (is_matrix(m->problem.op)) ++products[m->threads];
  }
  for (const auto& [threads, count] : products) {
    thread_counts_.push_back(threads);
    if (most_measured_ == 0 || count >= products[most_measured_]) most_measured_ = threads;
  }
}

std::span<const Measurement* const> MeasuredProblems::of(Op op, FormatId format, uint32_t threads) const {
  const auto found = kinds_.find({op, format, threads});
  if (found == kinds_.end()) return {};
  return found->second;
}

std::optional<double> MeasuredProblems::slower_than(Op op, uint32_t threads, uint32_t other) const {
  double logs = 0;
  size_t pairs = 0;
  for (const auto& [kind, here] : kinds_) {
    if (std::get<Op>(kind) != op || std::get<uint32_t>(kind) != threads) continue;
    std::map<Problem, double> there;
    for (const Measurement* m : of(op, std::get<FormatId>(kind), other)) there[m->problem] = m->seconds;
    for (const Measurement* m : here) {
      const auto same = there.find(m->problem);
      if (same == there.end()) continue;
      logs += std::log(m->seconds / same->second);
      ++pairs;
    }
  }
  if (pairs == 0) return std::nullopt;
  return std::exp(logs / static_cast<double>(pairs));
}

}  // namespace weighin
