#include "harness/plan/whole_matrices.h"

#include <algorithm>

#include "models/names/catalogue.h"

namespace weighin {
namespace {

/// Whole matrices are timed up to this many bytes or operations, so that one call takes less than half a
/// second.
constexpr uint64_t whole_matrix_bytes = 64ull << 20;
constexpr double whole_matrix_operations = 1e10;

}  // namespace

void add_first_whole(PlanItems& plan, const std::vector<ProblemUse>& step, Op op, uint32_t threads,
                     const SizeClass& size_class) {
  for (const ProblemUse& use : step) {
    const Problem& whole = use.problem;
    const uint64_t bytes = row_bytes(whole.format, whole.k) * whole.m;
    const bool small = bytes <= std::min(whole_matrix_bytes, plan.working_set_bytes()) &&
                       cost_of(whole).operations <= whole_matrix_operations;
    if (whole.op != op || !small || plan.slab(whole, threads) == whole) continue;
    plan.add(whole, threads, size_class.name);
    return;
  }
}

void add_whole_matrices(PlanItems& plan, uint32_t threads) {
  const SizeClass& size_class = *find_size_class("1B");
  const ModelShape& model = reference_model(size_class);
  for (const FileFormat& format : kernel_file_formats()) {
    add_first_whole(plan, decode_step(model, format, 0), Op::gemv, threads, size_class);
    add_first_whole(plan, prefill_step(model, format, plan_prompt), Op::gemm, threads, size_class);
  }
}

}  // namespace weighin
