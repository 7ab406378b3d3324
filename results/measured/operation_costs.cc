#include "results/measured/operation_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace weighin {
namespace {

/// The largest share of a measured time that may be taken for the fixed cost of an operation. The fixed
/// cost is measured at another moment and must not swallow the work that it surrounds.
constexpr double most_fixed = 0.5;

/// Products of experts are compared where their rows and the tokens of each expert differ by no more than
/// this factor. Beyond it plain products of the same sizes say more (judgement).
constexpr double most_unlike_experts = 2;

/// Whether the seconds of one of two problems of one operation say anything of the other.
bool comparable(const Problem& a, const Problem& b) {
  if (a.op != Op::expert_products) return true;
  const double rows = static_cast<double>(a.k) / b.k, tokens = tokens_of_expert(a) / tokens_of_expert(b);
  const bool like_tokens = a.n == 1 || std::max(tokens, 1 / tokens) <= most_unlike_experts;
  return (a.n == 1) == (b.n == 1) && like_tokens && std::max(rows, 1 / rows) <= most_unlike_experts;
}

/// The distance between two problems of one operation: first by what changes the rate of a kernel, then
/// by their sizes.
std::pair<double, double> distance(const Problem& a, const Problem& b) {
  const double m = away(static_cast<double>(a.m), static_cast<double>(b.m));
  if (is_matrix(a.op)) return {10 * away(a.k, b.k) + away(a.n, b.n), m};
  if (a.op == Op::expert_products) {
    const double tokens = a.n == 1 ? 0 : away(tokens_of_expert(a), tokens_of_expert(b));
    return {10 * away(a.k, b.k) + tokens, m + away(a.kv_heads, b.kv_heads)};
  }
  if (is_attention(a.op)) {
    const double heads = away(a.k, b.k) + away(a.heads, b.heads) + away(a.kv_heads, b.kv_heads);
    const double kind = (a.context == 0) != (b.context == 0) ? 1 : 0;  // causal or not
    return {heads + kind, away(a.context, b.context) + away(a.n, b.n)};
  }
  return {0, away(a.n, b.n) + away(a.k, b.k) + m};
}

/// What the seconds of a problem grow with: the bytes of the weights where they stream (products of one
/// token), the operations where arithmetic binds (products of many, attention), the bytes where memory is
/// copied, and the values for all other operations.
double work(const Problem& p) {
  if (p.op == Op::gemv) return static_cast<double>(row_bytes(p.format, p.k)) * static_cast<double>(p.m);
  if (p.op == Op::expert_products && p.n == 1)
    return static_cast<double>(row_bytes(p.format, p.k)) * static_cast<double>(p.m) * p.kv_heads;
  if (is_product(p.op) || is_attention(p.op)) return cost_of(p).operations;
  const double values = static_cast<double>(p.n) * p.k;
  switch (p.op) {
    case Op::rope:
      return values * static_cast<double>(p.m);
    case Op::copy_to_device:
    case Op::copy_from_device:
    case Op::copy_on_device:
      return static_cast<double>(p.m);
    case Op::dispatch:
    case Op::submit:
      return 1;
    default:
      return values;
  }
}

Problem one_token(Problem problem) {
  problem.op = Op::gemv;
  problem.n = 1;
  return problem;
}

}  // namespace

OperationCosts::OperationCosts(const MeasuredProblems& measured, uint32_t threads,
                               const OperationCosts* other)
    : measured_(measured), threads_(threads), other_(other) {
  if (other) {
    of_decode_ = measured.slower_than(Op::gemv, threads, other->threads_);
    of_prefill_ = measured.slower_than(Op::gemm, threads, other->threads_);
  }
  // One thread has no other thread to wait for. On a GPU each operation waits for the one before it.
  const Measurement* fixed = nearest({.op = threads == 1 ? Op::dispatch : Op::barrier}, threads);
  if (fixed) fixed_s_ = fixed->seconds;
}

std::optional<OperationCost> OperationCosts::of(const Problem& problem) const {
  std::optional<OperationCost> here = measured_here(problem);
  if (!other_ || (here && !here->stand_in && nearest(problem, threads_))) return here;
  std::optional<OperationCost> other = from_other_count(problem);
  if (!other || (here && other->stand_in && nearest(problem, threads_))) return here;
  other->stand_in = true;
  return other;
}

/// Takes the cost at the thread count with the most measurements, and scales it as the products that were
/// measured with both thread counts compare: those of one token, or those of many.
std::optional<OperationCost> OperationCosts::from_other_count(const Problem& problem) const {
  const std::optional<double>& slower = problem.n > 1 ? of_prefill_ : of_decode_;
  if (!slower) return std::nullopt;
  std::optional<OperationCost> cost = other_->measured_here(problem);
  if (!cost) return std::nullopt;
  cost->seconds *= *slower;
  cost->from_threads = other_->threads_;
  if (!cost->note.empty()) cost->note += ", ";
  cost->note += fmt::format("{:.3g} x the time at {} threads", *slower, other_->threads_);
  return cost;
}

/// Where a run was cut short before it reached the format, takes the cost of the same operation in the
/// measured format whose values have the most similar size, and of these one whose activations are rounded
/// alike: a quantized format for a quantized one, floats for floats, since their arithmetic differs. Products
/// of one token and embeddings take as long as their bytes, products of many as their operations.
std::optional<OperationCost> OperationCosts::of_other_format(const Problem& problem) const {
  if (!is_matrix(problem.op) && problem.op != Op::embedding) return std::nullopt;
  std::optional<FormatId> best;
  std::pair<double, bool> best_distance;
  for (const QuantFormat& format : kernel_formats()) {
    const bool alike = format.quantized() == format_of(problem.format).quantized();
    if (!alike || format.id == problem.format || measured_.of(problem.op, format.id, threads_).empty())
      continue;
    const double bits = away(static_cast<double>(row_bytes(format.id, problem.k)),
                             static_cast<double>(row_bytes(problem.format, problem.k)));
    const bool rounded_otherwise =
        rounded_for(problem.op, format.id) != rounded_for(problem.op, problem.format);
    const std::pair<double, bool> distance{bits, rounded_otherwise};
    if (best && distance >= best_distance) continue;
    best = format.id;
    best_distance = distance;
  }
  if (!best) return std::nullopt;
  Problem other = problem;
  other.format = *best;
  std::optional<OperationCost> cost = scaled(other);
  if (!cost) return std::nullopt;
  if (problem.op != Op::gemm)
    cost->seconds *= static_cast<double>(row_bytes(problem.format, problem.k)) /
                     static_cast<double>(std::max<uint64_t>(1, row_bytes(*best, problem.k)));
  cost->stand_in = true;
  cost->other_format = true;
  cost->note = fmt::format("as {}{}{}", format_of(*best).name, cost->note.empty() ? "" : ": ", cost->note);
  return cost;
}

std::optional<OperationCost> OperationCosts::measured_here(const Problem& problem) const {
  std::optional<OperationCost> cost = scaled(problem);
  if (!cost && problem.op == Op::prefill_attention) cost = attention_of_each_token(problem);
  if (!cost && is_attention(problem.op) && problem.format != FormatId::f16) return of_f16_cache(problem);
  if (!cost) return of_other_format(problem);
  return cost;
}

/// Takes the cost of attention over an f16 cache where attention over a cache of this format was not
/// measured (only `run --full` measures it). The other formats take 0.8 to 1.4 times as long
/// (docs/performance.md).
std::optional<OperationCost> OperationCosts::of_f16_cache(Problem problem) const {
  problem.format = FormatId::f16;
  std::optional<OperationCost> cost = measured_here(problem);
  if (!cost) return std::nullopt;
  cost->stand_in = true;
  cost->note = cost->note.empty() ? "as over an f16 cache" : "as over an f16 cache: " + cost->note;
  return cost;
}

std::optional<OperationCost> OperationCosts::scaled(const Problem& problem) const {
  const Measurement* found = nearest(problem, threads_);
  double fixed_s = fixed_s_;
  std::string note;
  if (!found && !is_product(problem.op) && threads_ != 1) {
    found = nearest(problem, 1);  // one thread works, the others wait
    fixed_s = 0;
    note = "on one thread";
  }
  if (!found) return std::nullopt;
  const double ratio = work(problem) / std::max(work(found->problem), 1.0);
  fixed_s = std::min(fixed_s, most_fixed * found->seconds);
  OperationCost cost{.seconds = fixed_s + (found->seconds - fixed_s) * ratio,
                     .spread = spread_of(*found),
                     .stand_in = !same_rate(problem, found->problem),
                     .measurement = found->id,
                     .note = std::move(note)};
  if (!(problem == found->problem)) {
    if (!cost.note.empty()) cost.note += ", ";
    cost.note += fmt::format("{:.3g} x {}", ratio, describe(found->problem));
  }
  if (problem.op == Op::gemm && problem.n < found->problem.n) at_least_one_pass(problem, cost);
  return cost;
}

/// A small batch still reads every weight once, so it is never faster than the product of the matrix with
/// one vector.
void OperationCosts::at_least_one_pass(const Problem& problem, OperationCost& cost) const {
  const std::optional<OperationCost> one = scaled(one_token(problem));
  if (!one || one->seconds <= cost.seconds) return;
  cost = *one;
  cost.stand_in = true;
  cost.note = "one pass over the weights: " + cost.note;
}

/// Where the attention of a whole prompt was not measured, the cost of attention of one token is taken as
/// often as it needs the same operations.
std::optional<OperationCost> OperationCosts::attention_of_each_token(const Problem& problem) const {
  Problem one = problem;
  one.op = Op::attention;
  one.n = 0;
  one.context = std::max<uint32_t>(1, problem.context == 0 ? problem.n : (problem.n + 1) / 2);
  std::optional<OperationCost> cost = scaled(one);
  if (!cost) return std::nullopt;
  cost->seconds *= problem.n;
  cost->stand_in = true;
  cost->note = fmt::format("{} tokens one by one: {}", problem.n, cost->note);
  return cost;
}

const Measurement* OperationCosts::nearest(const Problem& problem, uint32_t threads) const {
  const Measurement* best = nullptr;
  std::pair<double, double> best_distance;
  for (const Measurement* candidate : measured_.of(problem.op, problem.format, threads)) {
    if (!comparable(problem, candidate->problem)) continue;
    const auto d = distance(problem, candidate->problem);
    if (best && (d > best_distance || (d == best_distance && candidate->seconds >= best->seconds))) continue;
    best = candidate;
    best_distance = d;
  }
  return best;
}

}  // namespace weighin
