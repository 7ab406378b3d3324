#include "kernels/vulkan/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "kernels/operands/norm_epsilon.h"
#include "kernels/operands/operands.h"
#include "kernels/reference/elementwise.h"
#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/gpu_kernel.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

/// The sets of parameters that the search tries: threads of a workgroup.
const std::vector<GpuParameters> row_parameters{{128}, {64}, {256}};

/// In units of 2^-24: sums of k terms; a division and an inverse root, which are off by 2.5 and 2 units of
/// the last place; and an exp, which is off by 3 + 2 |x| (Vulkan specification, "Precision and Operation of
/// SPIR-V Instructions"). Softmax takes exp of differences down to -69. The exp of a gate counts most near 1:
/// x is at most 17 before the rest is lost beside it.
double tolerance_of(const Problem& p) {
  const double of_exp = p.op == Op::softmax                      ? 2 * (3 + 2 * 69.0)
                        : p.op == Op::swiglu || p.op == Op::gelu ? 2 * (3 + 2 * 17.0)
                                                                 : 0;
  return 0x1p-24 * (64 + of_exp + p.k / 8.0);
}

/// Whether a workgroup computes a row. Otherwise a thread computes a value (rope: a pair).
bool by_rows(Op op) {
  return op == Op::rms_norm || op == Op::layer_norm || op == Op::softmax;
}

class GpuRows : public TimedWork {
 public:
  GpuRows(Gpu& gpu, const Problem& problem, Data data, uint64_t seed)
      : TimedWork(gpu), p_(problem), operands_(row_operands(problem, data, seed)) {}

  tl::expected<void, std::string> prepare(const GpuParameters& parameters) {
    const Floats* operands[] = {&operands_.a, &operands_.b, &operands_.c};
    const uint64_t rows = operands_.rows;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      auto made = i < 3 ? buffer_of<float>(gpu_, *operands[i])
                        : make_buffer(gpu_, operands_.a.size() * 4, GpuMemory::device);
      if (!made) return tl::unexpected(made.error());
      buffers_[i] = std::move(*made);
    }
    const auto pipeline = pipeline_of(gpu_, {std::string(op_name(p_.op)), parameters, 4, 4});
    if (!pipeline) return tl::unexpected(pipeline.error());
    step_.pipeline = *pipeline;
    for (const GpuBuffer& buffer : buffers_) step_.buffers.push_back(&buffer);
    step_.arguments = {static_cast<uint32_t>(rows), p_.k, static_cast<uint32_t>(std::max<uint64_t>(1, p_.m)),
                       std::bit_cast<uint32_t>(norm_epsilon)};
    const uint64_t threads = rows * (p_.op == Op::rope ? p_.k / 2 : p_.k);
    step_.groups = groups_for(by_rows(p_.op) ? rows : (threads + parameters[0] - 1) / parameters[0]);
    return {};
  }

  Check check(uint32_t samples) override {
    const double tolerance = tolerance_of(p_);
    std::vector<float> y;
    if (run_call(0)) y = floats_in(gpu_, buffers_[3], operands_.a.size());
    if (y.empty()) return failed_check(tolerance);
    return check_rows(operands_, y, Denormals::kept_or_zero, tolerance, samples);
  }

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t) const override { return {step_}; }

 private:
  Problem p_;
  RowOperands operands_;
  std::array<GpuBuffer, 4> buffers_;  // a, b, c, results
  GpuStep step_;
};

PreparedOrError prepare(const Problem& problem, Workbench& bench) {
  if (problem.k == 0 || (problem.op == Op::rope && problem.k % 2 != 0))
    return tl::unexpected(std::string("rows need values, and RoPE an even number of them"));
  auto rows = std::make_unique<GpuRows>(bench.gpu->gpu, problem, bench.data, bench.seed);
  const std::string name = fmt::format("vulkan.{}", op_name(problem.op));
  if (auto made = rows->prepare(parameters_of(*bench.gpu, name, row_parameters.front())); !made)
    return tl::unexpected(made.error());
  return rows;
}

}  // namespace

std::vector<Kernel> vulkan_row_kernels() {
  std::vector<Kernel> rows;
  for (const Op op : {Op::rms_norm, Op::layer_norm, Op::rope, Op::softmax, Op::swiglu, Op::gelu}) {
    rows.push_back(gpu_kernel(fmt::format("vulkan.{}", op_name(op)), op, FormatId::none, prepare,
                              [op](const GpuFacts& gpu) -> std::string {
                                return by_rows(op) && !gpu.subgroup_arithmetic ? "sums within a subgroup"
                                                                               : "";
                              }));
    rows.back().parameters = row_parameters;
  }
  return rows;
}

}  // namespace weighin
