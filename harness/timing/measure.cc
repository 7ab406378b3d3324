#include "harness/timing/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/table/adversarial.h"
#include "kernels/table/all_kernels.h"
#include "kernels/vulkan/gpu_bench.h"
#include "models/text/units.h"

namespace weighin {
namespace {

/// How many outputs of the timed problem are compared with the reference.
constexpr uint32_t sampled_outputs = 64;
/// A sample is at least this long, so that reading the clock twice (about 30 ns each) and interruptions weigh
/// little.
constexpr double least_sample_s = 50e-6;
constexpr unsigned most_runs_a_sample = 2000;
/// The work of one run of a bound that is timed in turn with a kernel: half of the kernel's own work, within
/// these limits.
constexpr double bound_share = 0.5;
constexpr double least_bound_bytes = 1 << 20, most_bound_bytes = 64 << 20;
constexpr double least_bound_operations = 1e6, most_bound_operations = 1e9;
/// A GPU does this much more work in one run, since it takes long to be filled.
constexpr double gpu_bound_scale = 16;

/// Bytes of the operands of `problem` that are not in the weight pool.
double own_operand_bytes(const Problem& p) {
  const double activations = 4.0 * p.n * p.k, results = 4.0 * p.n * static_cast<double>(p.m);
  if (is_matrix(p.op)) return 1.5 * activations + results;  // and their int8 copies
  // And copies for each expert; results are computed for each expert, then copied to their tokens.
  if (p.op == Op::expert_products) return (1.5 + 1.5 * p.kv_heads) * activations + 2 * p.kv_heads * results;
  if (p.op == Op::prefill_attention) return 8.0 * p.n * p.heads * p.k;
  return cost_of(p).bytes();
}

/// Whether the roofline bounds the problem: its operands come from memory anew each time, or it computes much
/// with what it has. Rows of activations that stay in a cache are bound by neither memory nor arithmetic.
bool has_roofline(const Problem& p, uint64_t cache_bytes) {
  switch (p.op) {
    case Op::gemv:
    case Op::gemm:
    case Op::expert_products:
    case Op::attention:
    case Op::prefill_attention:
      return true;
    default:
      return !is_bound(p.op) && cost_of(p).operations > 0 &&
             cost_of(p).bytes() > static_cast<double>(cache_bytes);
  }
}

std::string wrong_reason(const char* data, const Check& check) {
  return fmt::format("on {} data it differs from the reference by {:.3g}, allowed is {:.3g}", data,
                     check.error, check.tolerance);
}

/// How `kernel` fails on a small adversarial problem, checked once for each thread count; empty when it is
/// right.
std::string wrong_on_extremes(const Kernel& kernel, const MeasureContext& context) {
  const auto [known, fresh] = context.checked.try_emplace(kernel.name);
  if (!fresh) return known->second;
  const auto check =
      check_adversarial(kernel, context.bench.pool, context.bench.storage_folder, context.bench.gpu);
  // What cannot be made ready here is reported for the problem itself.
  if (check && !check->right()) known->second = wrong_reason("adversarial", *check);
  return known->second;
}

}  // namespace

KernelChoice kernels_here() {
  return kernels_of(this_cpu());
}

Measurement unmeasured(const PlanItem& item, const KernelChoice& choice, Status status,
                       const std::string& reason) {
  const auto kernels = choice(item.problem);
  Measurement result;
  if (!kernels.empty()) result.backend = backend_name(kernels.front()->backend);
  result.kernel = kernels.empty() ? std::string(op_name(item.problem.op)) : kernels.front()->name;
  result.problem = item.problem;
  result.threads = item.threads;
  result.status = status;
  result.reason = reason;
  result.size_classes = item.size_classes;
  return result;
}

tl::expected<TimedItem, Measurement> TimedItem::prepare(const PlanItem& item, const MeasureContext& context,
                                                        std::vector<Measurement>& wrong) {
  const double operands = own_operand_bytes(item.problem);
  if (!is_bound(item.problem.op) && item.problem.op != Op::storage_read &&
      operands > static_cast<double>(context.operand_bytes)) {
    return tl::unexpected(
        unmeasured(item, context.kernels, Status::skipped,
                   fmt::format("memory: its activations need {:.0f} MiB, {:.0f} MiB may be used",
                               in_mib(operands), in_mib(context.operand_bytes))));
  }
  std::string reason = fmt::format("no kernel here computes {}", describe(item.problem));
  Status status = Status::unsupported;
  for (const Kernel* kernel : context.kernels(item.problem)) {
    if (const std::string wrong_there = wrong_on_extremes(*kernel, context); !wrong_there.empty()) {
      wrong.push_back(unmeasured(item, context.kernels, Status::wrong, wrong_there));
      wrong.back().kernel = kernel->name;
      reason = fmt::format("{} computes wrongly, and no other kernel can", kernel->name);
      status = Status::failed;
      continue;
    }
    auto prepared = kernel->prepare(item.problem, context.bench);
    if (!prepared) {
      reason = prepared.error();
      status = Status::failed;
      continue;
    }
    const Check check = (*prepared)->check(sampled_outputs);
    if (!check.right()) {
      wrong.push_back(unmeasured(item, context.kernels, Status::wrong, wrong_reason("the timed", check)));
      wrong.back().kernel = kernel->name;
      wrong.back().error = check.error;
      reason = fmt::format("{} computes it wrongly, and no other kernel can", kernel->name);
      status = Status::failed;
      continue;
    }
    TimedItem timed;
    timed.kernel_ = kernel;
    timed.error_ = check.error;
    timed.prepared_ = std::move(*prepared);
    if (context.bench.gpu == nullptr) timed.watch_.emplace(context.bench.pool);
    timed.again_s_ = context.again_s;
    timed.choose_runs();
    timed.prepare_bound(item, context);
    return timed;
  }
  return tl::unexpected(unmeasured(item, context.kernels, status, reason));
}

void TimedItem::choose_runs() {
  double seconds = seconds_of(*prepared_, 1);
  if (prepared_->own_seconds() >= 0) return;
  // The first run of a short kernel takes several times as long as those that follow it.
  for (int again = 0; again < 2 && seconds < least_sample_s; ++again) {
    runs_a_sample_ = static_cast<unsigned>(
        std::clamp(std::ceil(least_sample_s / std::max(seconds, 1e-9)), 1.0, double{most_runs_a_sample}));
    if (again == 0) seconds = seconds_of(*prepared_, runs_a_sample_);
  }
}

void TimedItem::prepare_bound(const PlanItem& item, const MeasureContext& context) {
  const Op peak_op = kernel_->peak.value_or(peak_of(item.problem));
  const auto bandwidth = context.bounds.find(Op::stream_read), peak = context.bounds.find(peak_op);
  if (bandwidth == context.bounds.end() || peak == context.bounds.end() ||
      !has_roofline(item.problem, context.cache_bytes))
    return;
  const Cost cost = cost_of(item.problem);
  const double memory_s = cost.bytes() / bandwidth->second, compute_s = cost.operations / peak->second;
  const double most = context.bench.gpu && !context.bench.gpu->gpu.facts().software ? gpu_bound_scale : 1;
  Problem bound;
  double share = 0;  // the share of the item's bytes or operations that one run of the bound has
  if (memory_s >= compute_s) {
    // The bound reads the buffer that the kernel reads: the same pages, of the same size, in the same place.
    bound = {.op = Op::stream_read, .format = item.problem.format};
    bound.m = static_cast<uint64_t>(
        std::clamp(bound_share * cost.bytes(), least_bound_bytes, most * most_bound_bytes));
    share = cost.bytes() / static_cast<double>(bound.m);
  } else {
    bound = {.op = peak_op};
    bound.m = static_cast<uint64_t>(
        std::clamp(bound_share * cost.operations, least_bound_operations, most * most_bound_operations));
    share = cost.operations / static_cast<double>(bound.m);
  }
  const auto kernels = context.kernels(bound);
  if (kernels.empty()) return;
  auto prepared = kernels.front()->prepare(bound, context.bench);
  if (!prepared) return;
  bound_ = std::move(*prepared);
  bound_->run();
  bound_scale_ = share;
  other_floor_s_ = std::min(memory_s, compute_s);
}

double TimedItem::seconds_of(Prepared& prepared, unsigned runs) {
  return watch_ ? undisturbed_seconds(prepared, runs, *watch_, again_s_) : seconds_of_run(prepared, runs);
}

double TimedItem::sample() {
  const double seconds = seconds_of(*prepared_, runs_a_sample_);
  if (bound_) {
    const double floor_s = std::max(other_floor_s_, bound_scale_ * seconds_of(*bound_, 1));
    fractions_.push_back(floor_s / seconds);
  }
  return seconds;
}

}  // namespace weighin
