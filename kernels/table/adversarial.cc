#include "kernels/table/adversarial.h"

#include <limits>
#include <optional>

#include "kernels/vulkan/gpu_bench.h"

namespace weighin {
namespace {

/// The least that a weight pool gives: it holds the small problem's weights dozens of times.
constexpr uint64_t weights_bytes = uint64_t{1} << 20;
/// Odd and even seeds give the two kinds of adversarial activations (operands.h). Each kind is tried three
/// times, since it is chance where large scales meet a given value: for example, in 24 of 25 tries at the end
/// of one of 37 rows.
constexpr uint64_t seeds = 6;

}  // namespace

Problem small_problem(Op op, FormatId format) {
  Problem problem{.op = op, .format = format};
  switch (op) {
    case Op::stream_read:
      problem.m = 300'001;
      break;
    case Op::storage_read:
    case Op::copy_to_device:
    case Op::copy_from_device:
    case Op::copy_on_device:
    case Op::allocate:
    case Op::peak_fp16:
    case Op::peak_matrix:
    case Op::peak_fp32:
    case Op::peak_bf16:
    case Op::peak_int8:
      problem.m = 100'001;
      break;
    case Op::quantize:
      problem.n = 7;
      problem.k = 1280;
      break;
    case Op::gemv:
    case Op::gemm:
      problem.m = 37;
      problem.n = op == Op::gemv ? 1 : 7;
      problem.k = format_of(format).quantized() ? 1280 : 1301;
      break;
    case Op::expert_products:
      problem.m = 37;
      problem.n = 4;
      problem.k = format_of(format).quantized() ? 1280 : 645;
      problem.heads = 5;
      problem.kv_heads = 2;
      break;
    case Op::attention:
    case Op::prefill_attention:
      problem.n = op == Op::attention ? 0 : 33;
      problem.context = op == Op::attention ? 77 : 33;
      problem.k = format_of(format).quantized() ? 96 : 37;
      problem.heads = 4;
      problem.kv_heads = 2;
      break;
    case Op::embedding:
      problem.m = 301;
      problem.n = 13;
      problem.k = format_of(format).quantized() ? 1280 : 1301;
      break;
    case Op::repack:
      problem.m = 37;
      problem.k = 1280;
      break;
    case Op::rope:
      problem.m = 5;
      problem.n = 3;
      problem.k = 38;
      break;
    case Op::rms_norm:
    case Op::layer_norm:
    case Op::softmax:
    case Op::swiglu:
    case Op::gelu:
      problem.n = 7;
      problem.k = 77;
      break;
    case Op::barrier:
    case Op::dispatch:
    case Op::submit:
    case Op::add:  // no kernel of ours: operations of engines' graphs
    case Op::cache_write:
      break;
  }
  return problem;
}

tl::expected<Check, std::string> check_adversarial(const Kernel& kernel, ThreadPool& threads,
                                                   const std::string& storage_folder, GpuBench* timed) {
  WeightPool weights(weights_bytes, weights_bytes, 1, Data::adversarial);
  std::optional<GpuWeightPool> gpu_weights;
  std::optional<GpuBench> gpu;
  if (timed) {
    gpu_weights.emplace(timed->gpu, weights_bytes, weights_bytes, 1, Data::adversarial);
    gpu.emplace(GpuBench{timed->gpu, *gpu_weights, timed->tuned});
  }
  Check worst{-1, 0};
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    Workbench bench{threads, weights, storage_folder, seed, Data::adversarial, gpu ? &*gpu : nullptr};
    const auto prepared = kernel.prepare(small_problem(kernel.op, kernel.format), bench);
    if (!prepared) return tl::unexpected(prepared.error());
    if (seed > 1) (*prepared)->run();  // over other weights
    const Check check = (*prepared)->check(std::numeric_limits<uint32_t>::max());
    if (!(check.error <= worst.error)) worst = check;
    if (!worst.right()) break;  // also where the error is NaN
  }
  return worst;
}

}  // namespace weighin
