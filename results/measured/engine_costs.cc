#include "results/measured/engine_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace weighin {
namespace {

/// The largest share of a measured time that may be taken for its fixed part.
constexpr double most_fixed = 0.5;

/// What the part of a product's seconds that grows, grows with.
double work(const Problem& p) {
  const auto rows = static_cast<double>(p.m);
  return p.op == Op::gemv ? static_cast<double>(row_bytes(p.format, p.k)) * rows : rows * p.k * p.n;
}

OperationCost cost_from(const Measurement& m, double seconds, bool stand_in, std::string note) {
  return {.seconds = seconds,
          .spread = spread_of(m),
          .stand_in = stand_in,
          .measurement = m.id,
          .note = std::move(note),
          .from_threads = 0};
}

/// The size of a small operation: what its seconds grow with.
double size_of(const Problem& p) {
  const double rows = static_cast<double>(std::max(1U, p.n)) * p.k;
  return p.op == Op::rope ? rows * static_cast<double>(std::max<uint64_t>(1, p.m)) : rows;
}

}  // namespace

EngineCosts::EngineCosts(std::span<const Measurement* const> measurements, uint32_t threads)
    : cached_(measurements, threads) {
  for (const Measurement* m : measurements) {
    if (!usable(*m) || m->threads != threads || is_walk(m->problem)) continue;
    kinds_[{m->problem.op, m->problem.format}].push_back(m);
    by_difference_ |= m->kernel.starts_with(difference_kernel);
  }
}

std::span<const Measurement* const> EngineCosts::rows(Op op, FormatId format) const {
  const auto found = kinds_.find({op, format});
  if (found == kinds_.end()) return {};
  return found->second;
}

bool EngineCosts::any(Op op) const {
  return std::any_of(kinds_.begin(), kinds_.end(),
                     [&](const auto& kind) { return std::get<Op>(kind.first) == op; });
}

bool EngineCosts::any_products() const {
  return any(Op::gemv) && any(Op::gemm);
}

std::optional<OperationCost> EngineCosts::of(const Problem& problem) const {
  switch (problem.op) {
    case Op::gemv:
    case Op::gemm:
      return product(problem);
    case Op::attention:
    case Op::prefill_attention:
      return attention(problem);
    case Op::expert_products:
      return experts(problem);
    default:
      return small(problem);
  }
}

/// The seconds of the smallest node of a graph: the threads meet once. 0 where it was not measured.
double EngineCosts::node_s() const {
  const auto nodes = rows(Op::dispatch, FormatId::none);
  return nodes.empty() ? 0 : nodes.front()->seconds;
}

/// The part of the seconds of `like` that does not grow with its rows, by the two products of its format that
/// were measured at one row length with different numbers of rows. It grows with the row's length and the
/// tokens.
double EngineCosts::fixed_s(const Problem& problem, const Measurement& like) const {
  const auto of_kind = rows(problem.op, problem.format);
  const Measurement* fewer = nullptr;
  const Measurement* more = nullptr;
  for (const Measurement* a : of_kind)
    for (const Measurement* b : of_kind)
      if (a->problem.k == b->problem.k && a->problem.n == b->problem.n && a->problem.m < b->problem.m) {
        const bool nearer =
            !fewer || away(a->problem.k, like.problem.k) < away(fewer->problem.k, like.problem.k);
        if (nearer) fewer = a, more = b;
      }
  if (!fewer) return 0;
  const double slope = (more->seconds - fewer->seconds) / (work(more->problem) - work(fewer->problem));
  const double fixed = fewer->seconds - slope * work(fewer->problem);
  const double longer = static_cast<double>(like.problem.k) / fewer->problem.k;
  return std::clamp(fixed * longer, 0.0, most_fixed * like.seconds);
}

std::optional<OperationCost> EngineCosts::product(const Problem& problem) const {
  const Measurement* nearest = nullptr;
  for (const Measurement* m : rows(problem.op, problem.format)) {
    const auto distance = [&](const Measurement& one) {
      return std::pair(away(one.problem.k, problem.k) + away(one.problem.n, problem.n),
                       -static_cast<double>(one.problem.m));
    };
    if (!nearest || distance(*m) < distance(*nearest)) nearest = m;
  }
  if (!nearest) return by_difference_ ? product_of_other_format(problem) : std::nullopt;
  const double fixed = fixed_s(problem, *nearest);
  const double of_inputs = static_cast<double>(problem.k) * std::max(1U, problem.n) /
                           (static_cast<double>(nearest->problem.k) * std::max(1U, nearest->problem.n));
  const double ratio = work(problem) / work(nearest->problem);
  const double fixed_here = std::max(fixed * of_inputs, std::min(fixed, node_s()));
  OperationCost cost = cost_from(*nearest, fixed_here + (nearest->seconds - fixed) * ratio,
                                 !same_rate(problem, nearest->problem),
                                 fmt::format("{:.3g} x {}", ratio, describe(nearest->problem)));
  if (problem.op == Op::gemm && problem.n < nearest->problem.n) {
    // A small batch still reads every weight once.
    Problem one = problem;
    one.op = Op::gemv;
    one.n = 1;
    const auto pass = product(one);
    if (pass && pass->seconds > cost.seconds) {
      cost = *pass;
      cost.stand_in = true;
    }
  }
  return cost;
}

/// Few formats are measured by difference: another one takes the time of that whose values have the most
/// similar size, by its bytes (one token) or operations.
std::optional<OperationCost> EngineCosts::product_of_other_format(Problem problem) const {
  constexpr uint32_t compared_row = 4096;
  const auto bytes = [](FormatId format) { return static_cast<double>(row_bytes(format, compared_row)); };
  const FormatId wanted = problem.format;
  std::optional<FormatId> best;
  for (const auto& [kind, of_kind] : kinds_) {
    const auto& [op, format] = kind;
    if (op != problem.op || (best && away(bytes(format), bytes(wanted)) >= away(bytes(*best), bytes(wanted))))
      continue;
    best = format;
  }
  if (!best || *best == wanted) return std::nullopt;
  problem.format = *best;
  std::optional<OperationCost> cost = product(problem);
  if (!cost) return std::nullopt;
  if (problem.op == Op::gemv) cost->seconds *= bytes(wanted) / bytes(*best);
  cost->stand_in = cost->other_format = true;
  cost->note = fmt::format("as {}: {}", format_of(*best).name, cost->note);
  return cost;
}

std::optional<OperationCost> EngineCosts::attention(const Problem& problem) const {
  const auto heads_away = [&](const Problem& p) {
    return away(p.k, problem.k) + away(p.heads, problem.heads) + away(p.kv_heads, problem.kv_heads);
  };
  const Measurement* nearest = nullptr;
  for (const Measurement* m : rows(problem.op, problem.format)) {
    const auto distance = [&](const Measurement& one) {
      return std::pair(heads_away(one.problem),
                       away(one.problem.context, problem.context) + away(one.problem.n, problem.n));
    };
    if (!nearest || distance(*m) < distance(*nearest)) nearest = m;
  }
  if (!nearest) return std::nullopt;
  const bool stand_in = heads_away(nearest->problem) > 0;
  const double ratio = cost_of(problem).operations / std::max(1.0, cost_of(nearest->problem).operations);
  const std::string note = fmt::format("{:.3g} x {}", ratio, describe(nearest->problem));
  if (problem.op == Op::prefill_attention)
    return cost_from(*nearest, nearest->seconds * ratio, stand_in, note);
  // Another depth of the same heads gives the line.
  const Measurement* other = nullptr;
  for (const Measurement* m : rows(problem.op, problem.format))
    if (heads_away(m->problem) == heads_away(nearest->problem) &&
        m->problem.heads == nearest->problem.heads && m->problem.k == nearest->problem.k &&
        m->problem.context != nearest->problem.context)
      other = m;
  double fixed = 0;
  if (other) {
    const double a = nearest->problem.context, b = other->problem.context;
    fixed = nearest->seconds - (nearest->seconds - other->seconds) / (a - b) * a;
    fixed = std::clamp(fixed, 0.0, most_fixed * std::min(nearest->seconds, other->seconds));
  }
  return cost_from(*nearest, fixed + (nearest->seconds - fixed) * ratio, stand_in, note);
}

std::optional<OperationCost> EngineCosts::experts(const Problem& problem) const {
  const Measurement* nearest = nullptr;
  for (const Measurement* m : rows(problem.op, problem.format)) {
    const auto distance = [&](const Measurement& one) {
      return std::pair(away(one.problem.n, problem.n) + away(one.problem.k, problem.k),
                       away(one.problem.heads, problem.heads) + away(one.problem.kv_heads, problem.kv_heads));
    };
    if (!nearest || distance(*m) < distance(*nearest)) nearest = m;
  }
  if (!nearest) return std::nullopt;
  const auto grows = [](const Problem& p) {
    return p.n > 1 ? cost_of(p).operations
                   : static_cast<double>(row_bytes(p.format, p.k)) * static_cast<double>(p.m) * p.kv_heads;
  };
  const double ratio = grows(problem) / grows(nearest->problem);
  const bool same = problem.heads == nearest->problem.heads && problem.kv_heads == nearest->problem.kv_heads;
  return cost_from(*nearest, nearest->seconds * ratio, !same,
                   fmt::format("{:.3g} x {}", ratio, describe(nearest->problem)));
}

std::optional<OperationCost> EngineCosts::small(const Problem& problem) const {
  std::vector<const Measurement*> candidates;
  const auto all = rows(problem.op, problem.format);
  double nearest_n = 1e300;
  for (const Measurement* m : all) nearest_n = std::min(nearest_n, away(m->problem.n, problem.n));
  for (const Measurement* m : all)
    if (away(m->problem.n, problem.n) == nearest_n) candidates.push_back(m);
  if (candidates.empty()) return std::nullopt;
  // RoPE computes its angles for each token once, whatever the heads: only heads of about the same size
  // compare.
  if (problem.op == Op::rope) {
    double nearest_k = 1e300;
    for (const Measurement* m : candidates) nearest_k = std::min(nearest_k, away(m->problem.k, problem.k));
    std::erase_if(candidates,
                  [&](const Measurement* m) { return away(m->problem.k, problem.k) != nearest_k; });
  }
  const double size = size_of(problem);
  std::sort(candidates.begin(), candidates.end(), [&](const Measurement* a, const Measurement* b) {
    return away(size_of(a->problem), size) < away(size_of(b->problem), size);
  });
  const Measurement& near = *candidates.front();
  double seconds = near.seconds;
  if (candidates.size() > 1) {
    const Measurement& other = *candidates[1];
    const double slope = (near.seconds - other.seconds) / (size_of(near.problem) - size_of(other.problem));
    seconds = near.seconds + std::max(0.0, slope) * (size - size_of(near.problem));
    // The line through two sizes may pass below zero at a far smaller one.
    seconds = std::max({seconds, near.seconds * std::min(1.0, size / std::max(1.0, size_of(near.problem))),
                        std::min(near.seconds, node_s())});
  } else if (problem.op != Op::submit && problem.op != Op::dispatch) {
    seconds = near.seconds * std::max(1.0, size / std::max(1.0, size_of(near.problem)));
  }
  return cost_from(near, seconds, false, "");
}

std::string measured_engine(std::span<const Measurement> measurements, std::string_view engine,
                            std::string_view gpu) {
  const Measurement* newest = nullptr;
  for (const Measurement& m : measurements)
    if (m.engine.starts_with(engine) && m.gpu == gpu && usable(m) && is_matrix(m.problem.op) &&
        (!newest || m.id > newest->id))
      newest = &m;
  return newest ? newest->engine : "";
}

}  // namespace weighin
