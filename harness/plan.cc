#include "harness/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "models/catalogue.h"

namespace weighin {
namespace {

/// Weights of one timed decode call: at 10 to 100 GB/s it takes 80 to 800 us, long beside the few us of a
/// fork and join.
constexpr uint64_t gemv_slab_bytes = 8ull << 20;
/// Operations of one timed prefill call: at 100 GOP/s 2.5 ms.
constexpr double gemm_slab_operations = 2.5e8;
/// Slabs are whole register tiles of every kernel, and give each of 16 threads a few of them.
constexpr uint64_t slab_rows = 64;
/// Bytes read by one call of the bandwidth bound: as the decode slabs.
constexpr uint64_t stream_bytes = gemv_slab_bytes;
/// Operations of one call of an arithmetic bound: about a millisecond on one core of 2020.
constexpr uint64_t peak_operations = 200'000'000;
/// Bytes of one storage read: past a drive's own cache of a few dozen MiB.
constexpr uint64_t storage_bytes = 64ull << 20;
/// Whole matrices are timed up to this many weights, so that one call stays under half a second.
constexpr uint64_t whole_matrix_bytes = 64ull << 20;

/// Items in order, equal ones merged.
class Plan {
 public:
  void add(const Problem& problem, uint32_t threads, std::string_view size_class) {
    const auto [place, fresh] = places_.try_emplace({problem, threads}, items_.size());
    if (fresh) items_.push_back({problem, threads, {}});
    auto& classes = items_[place->second].size_classes;
    if (size_class.empty() || std::find(classes.begin(), classes.end(), size_class) != classes.end()) return;
    classes.emplace_back(size_class);
  }
  std::vector<PlanItem> take() { return std::move(items_); }

 private:
  std::map<std::pair<Problem, uint32_t>, size_t> places_;
  std::vector<PlanItem> items_;
};

void add_bounds(Plan& plan, uint32_t threads) {
  plan.add({.op = Op::stream_read, .m = stream_bytes}, threads, "");
  for (const Op op : {Op::peak_fp32, Op::peak_bf16, Op::peak_int8})
    plan.add({.op = op, .m = peak_operations}, threads, "");
}

void add_class(Plan& plan, const SizeClass& size_class, FormatId format, uint32_t threads) {
  const ModelShape& model = reference_model(size_class);
  const uint32_t depth = std::min(plan_depth, model.max_context) - 1;
  const uint32_t prompt = std::min(plan_prompt, model.max_context);
  for (const auto& step : {decode_step(model, format, depth), prefill_step(model, format, prompt)}) {
    for (const ProblemUse& use : step) plan.add(slab_of(use.problem), threads, size_class.name);
  }
}

/// One whole matrix a format: the largest of the 1B class that is cut to a slab.
void add_whole_matrices(Plan& plan, uint32_t threads) {
  const SizeClass& size_class = *find_size_class("1B");
  for (const QuantFormat& format : all_formats()) {
    for (const ProblemUse& use : decode_step(reference_model(size_class), format.id, 0)) {
      const bool small = row_bytes(use.problem.format, use.problem.k) * use.problem.m <= whole_matrix_bytes;
      if (use.problem.op != Op::gemv || !small || slab_of(use.problem) == use.problem) continue;
      plan.add(use.problem, threads, size_class.name);
      break;
    }
  }
}

}  // namespace

bool is_bound(Op op) {
  return op == Op::stream_read || op == Op::peak_fp32 || op == Op::peak_bf16 || op == Op::peak_int8;
}

Problem slab_of(const Problem& problem) {
  uint64_t most = problem.m;
  if (problem.op == Op::gemv) {
    most = gemv_slab_bytes / std::max<uint64_t>(1, row_bytes(problem.format, problem.k));
  } else if (problem.op == Op::gemm) {
    most = static_cast<uint64_t>(gemm_slab_operations / (2.0 * problem.n * problem.k));
  }
  Problem slab = problem;
  slab.m = std::min(problem.m, std::max(slab_rows, most / slab_rows * slab_rows));
  return slab;
}

std::vector<PlanItem> make_plan(uint32_t threads) {
  Plan plan;
  std::vector<uint32_t> counts{threads};
  if (threads > 1) counts.push_back(1);
  for (const uint32_t count : counts) add_bounds(plan, count);
  for (const uint32_t count : counts) {
    plan.add({.op = Op::barrier}, count, "");
    if (count == threads) plan.add({.op = Op::storage_read, .m = storage_bytes}, 1, "");
    for (const QuantFormat& format : all_formats()) {
      for (const SizeClass& size_class : all_size_classes()) add_class(plan, size_class, format.id, count);
    }
  }
  add_whole_matrices(plan, threads);
  return plan.take();
}

std::string describe(const PlanItem& item) {
  return fmt::format("{} threads={}{}{}", describe(item.problem), item.threads,
                     item.size_classes.empty() ? "" : " ", fmt::join(item.size_classes, " "));
}

}  // namespace weighin
