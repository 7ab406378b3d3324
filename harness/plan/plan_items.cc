#include "harness/plan/plan_items.h"

#include <algorithm>

namespace weighin {
namespace {

/// Whether the measurement of `planned` predicts `wanted` as well as a measurement of its own would. Their
/// rates must be the same, and their sizes so near that the overhead of a call weighs alike.
bool stands_for(const Problem& planned, const Problem& wanted) {
  if (!same_rate(planned, wanted)) return false;
  const auto within = [](double a, double b, double factor) {
    return std::max(a, b) <= factor * std::min(a, b);
  };
  const auto m = [](const Problem& p) { return static_cast<double>(std::max<uint64_t>(1, p.m)); };
  switch (wanted.op) {
    case Op::gemv:
    case Op::gemm:
      return within(m(planned), m(wanted), 2);
    case Op::embedding:  // one row a token of decode, which is a thousandth of a step
      return within(planned.k, wanted.k, 4);
    case Op::quantize:
    case Op::rms_norm:
    case Op::layer_norm:
    case Op::swiglu:
    case Op::gelu:
      return within(planned.k, wanted.k, 1.5);
    default:
      return planned == wanted;
  }
}

/// Products read packed weights, embeddings and attention those in a file's order, and other operations
/// read none.
int layout_of(Op op) {
  if (is_product(op)) return 2;
  return is_attention(op) || op == Op::embedding || op == Op::repack ? 1 : 0;
}

}  // namespace

void PlanItems::add_slab(const Problem& problem, uint32_t threads, std::string_view size_class) {
  Problem wanted = slab(problem, threads);
  std::vector<Problem>& near = slabs_[{wanted.op, wanted.format, wanted.n, threads}];
  const auto found = std::find_if(near.begin(), near.end(),
                                  [&](const Problem& planned) { return stands_for(planned, wanted); });
  if (found == near.end()) {
    near.push_back(wanted);
  } else {
    wanted = *found;
  }
  add(wanted, threads, size_class);
}

Problem PlanItems::slab(const Problem& problem, uint32_t threads) const {
  return scope_.on == MeasuredOn::gpu ? gpu_slab(problem, scope_.working_set_bytes)
                                      : slab_of(problem, threads, scope_.working_set_bytes, scope_.rates);
}

void PlanItems::add(const Problem& problem, uint32_t threads, std::string_view size_class) {
  const auto [place, fresh] = places_.try_emplace({problem, threads}, items_.size());
  if (fresh) items_.push_back({problem, threads, {}});
  auto& classes = items_[place->second].size_classes;
  if (size_class.empty() || std::find(classes.begin(), classes.end(), size_class) != classes.end()) return;
  classes.emplace_back(size_class);
}

void PlanItems::add_step(const std::vector<ProblemUse>& step, uint32_t threads, const SizeClass& size_class) {
  for (const ProblemUse& use : step) add_slab(use.problem, threads, size_class.name);
}

void PlanItems::group_by_weights(size_t first) {
  std::vector<std::pair<FormatId, int>> order;  // of weights, and how they lie
  const auto place = [&](const PlanItem& item) {
    const std::pair<FormatId, int> weights{item.problem.format, layout_of(item.problem.op)};
    const auto found = static_cast<size_t>(std::find(order.begin(), order.end(), weights) - order.begin());
    if (found == order.size()) order.push_back(weights);
    return found;
  };
  std::vector<std::pair<size_t, PlanItem>> placed;
  for (size_t i = first; i < items_.size(); ++i) placed.emplace_back(place(items_[i]), items_[i]);
  std::stable_sort(placed.begin(), placed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = first; i < items_.size(); ++i) {
    items_[i] = std::move(placed[i - first].second);
    places_[{items_[i].problem, items_[i].threads}] = i;
  }
}

}  // namespace weighin
