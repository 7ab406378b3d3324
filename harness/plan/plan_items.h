// The items of a plan as they are added: equal ones are merged, and a slab that stands for another takes its
// classes.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/plan/plan.h"
#include "kernels/problem/steps.h"

namespace weighin {

/// The plan's items in order.
class PlanItems {
 public:
  /// `scope` must outlive this object.
  explicit PlanItems(const PlanScope& scope) : scope_(scope) {}
  /// Adds the problem's slab, or, where a slab is planned that stands for it, the problem's class to that
  /// one.
  void add_slab(const Problem& problem, uint32_t threads, std::string_view size_class);
  Problem slab(const Problem& problem, uint32_t threads) const;
  void add(const Problem& problem, uint32_t threads, std::string_view size_class);
  /// Adds the problems of `step` as slabs.
  void add_step(const std::vector<ProblemUse>& step, uint32_t threads, const SizeClass& size_class);
  uint64_t working_set_bytes() const { return scope_.working_set_bytes; }
  /// Where the next new item will stand.
  size_t size() const { return items_.size(); }
  /// Brings the items from `first` on that read the same weights together. The weights keep the order in
  /// which they come first, and so do the items of each.
  void group_by_weights(size_t first);
  std::vector<PlanItem> take() { return std::move(items_); }

 private:
  const PlanScope& scope_;
  std::map<std::pair<Problem, uint32_t>, size_t> places_;
  // By operation, format, tokens and threads.
  std::map<std::tuple<Op, FormatId, uint32_t, uint32_t>, std::vector<Problem>> slabs_;
  std::vector<PlanItem> items_;
};

}  // namespace weighin
