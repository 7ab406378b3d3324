#include "kernels/vulkan/rounding.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numeric>

#include "kernels/operands/operands.h"
#include "kernels/reference/matrix.h"
#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/gpu_kernel.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

constexpr uint32_t threads = 64;

/// X[n][k] -> int8 [n][k], and a scale and a scaled sum for each 16 values, [n][k / 16]. Groups are of 32
/// values for every format of weights.
class Rounding : public TimedWork {
 public:
  Rounding(Gpu& gpu, const Problem& problem, Data data, uint64_t seed)
      : TimedWork(gpu), x_(activations(uint64_t{problem.n} * problem.k, data, seed)) {}

  tl::expected<void, std::string> prepare() {
    auto x = buffer_of<float>(gpu_, x_);
    if (!x) return tl::unexpected(x.error());
    auto rounded = make_buffer(gpu_, x_.size(), GpuMemory::device);
    if (!rounded) return tl::unexpected(rounded.error());
    auto scales = make_buffer(gpu_, x_.size() / sum_group * sizeof(float[2]), GpuMemory::device);
    if (!scales) return tl::unexpected(scales.error());
    const auto pipeline = pipeline_of(gpu_, {"quantize.int8", {threads}, 3, 1});
    if (!pipeline) return tl::unexpected(pipeline.error());
    buffers_ = {std::move(*x), std::move(*rounded), std::move(*scales)};
    step_.pipeline = *pipeline;
    for (const GpuBuffer& buffer : buffers_) step_.buffers.push_back(&buffer);
    const uint64_t groups = x_.size() / activation_group;
    step_.arguments = {static_cast<uint32_t>(groups)};
    step_.groups = groups_for((groups + threads - 1) / threads);
    return {};
  }

  /// Samples are whole groups.
  Check check(uint32_t samples) override {
    const uint64_t groups = x_.size() / activation_group;
    std::vector<int8_t> rounded(x_.size());
    if (!run_call(0) || !read_buffer(gpu_, buffers_[1], 0, std::as_writable_bytes(std::span(rounded))))
      return failed_check(int8_rounding_tolerance);
    const std::vector<float> scales = floats_in(gpu_, buffers_[2], x_.size() / sum_group * 2);
    if (scales.empty()) return failed_check(int8_rounding_tolerance);
    return check_outputs(groups, samples, int8_rounding_tolerance, [&](uint64_t group) {
      const uint64_t first = group * activation_group;
      return error_of(std::span(x_).subspan(first, activation_group), &rounded[first],
                      &scales[first / sum_group * 2]);
    });
  }

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t) const override { return {step_}; }

 private:
  /// The largest error of a group, relative to its largest value; 1 where the sums are wrong.
  static double error_of(std::span<const float> x, const int8_t* rounded, const float* scales) {
    const double largest = largest_activation(x);
    double error = 0;
    for (size_t half = 0; half < x.size() / sum_group; ++half) {
      const float scale = scales[2 * half];
      const int8_t* values = rounded + half * sum_group;
      const double off = int8_rounding_error(x.subspan(half * sum_group, sum_group), values, scale, largest);
      if (!(off <= error)) error = off;  // keeps NaN
      const int32_t sum = std::accumulate(values, values + sum_group, 0);
      if (scales[2 * half + 1] != scale * static_cast<float>(sum)) return 1;
    }
    return error;
  }

  Floats x_;
  std::array<GpuBuffer, 3> buffers_;  // x, rounded, scales
  GpuStep step_;
};

PreparedOrError prepare_rounding(const Problem& problem, Workbench& bench) {
  if (problem.n == 0 || problem.k == 0 || problem.k % activation_group != 0)
    return tl::unexpected(fmt::format("it needs rows of whole groups of {} values", activation_group));
  auto rounding = std::make_unique<Rounding>(bench.gpu->gpu, problem, bench.data, bench.seed);
  if (auto made = rounding->prepare(); !made) return tl::unexpected(made.error());
  return rounding;
}

}  // namespace

std::vector<Kernel> vulkan_rounding_kernels() {
  std::vector<Kernel> kernels;
  // Whatever the CPU rounds to for a format's products, the GPU's products in int8 take groups of 32.
  for (const FormatId format : {FormatId::q8_0, FormatId::q4_K, FormatId::int8_channel})
    kernels.push_back(gpu_kernel(fmt::format("vulkan.quantize.{}", format_of(format).name), Op::quantize,
                                 format, prepare_rounding, lacks_nothing));
  return kernels;
}

}  // namespace weighin
