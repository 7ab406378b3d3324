// What a GPU does with a format beside products: activations rounded, rows looked up.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "kernels/operands/operands.h"
#include "kernels/reference/matrix.h"
#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/planes.h"
#include "kernels/vulkan/rows.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

using Made = tl::expected<std::unique_ptr<Prepared>, std::string>;

constexpr uint32_t threads = 64;

/// X[n][k] -> int8 [n][k], and scales with scaled sums [n][k / 16]: groups of 32 for every format of weights.
class Rounding : public TimedWork {
 public:
  Rounding(Gpu& gpu, const Problem& problem, Data data, uint64_t seed)
      : TimedWork(gpu), x_(activations(uint64_t{problem.n} * problem.k, data, seed)) {}

  tl::expected<void, std::string> prepare() {
    auto x = buffer_of<float>(gpu_, x_);
    if (!x) return tl::unexpected(x.error());
    auto rounded = gpu_.buffer(x_.size(), GpuMemory::device);
    if (!rounded) return tl::unexpected(rounded.error());
    auto scales = gpu_.buffer(x_.size() / sum_group * sizeof(float[2]), GpuMemory::device);
    if (!scales) return tl::unexpected(scales.error());
    const auto pipeline = gpu_.pipeline({"quantize.int8", {threads}, 3, 1});
    if (!pipeline) return tl::unexpected(pipeline.error());
    buffers_ = {std::move(*x), std::move(*rounded), std::move(*scales)};
    step_.pipeline = *pipeline;
    for (const GpuBuffer& buffer : buffers_) step_.buffers.push_back(&buffer);
    const uint64_t groups = x_.size() / activation_group;
    step_.arguments = {static_cast<uint32_t>(groups)};
    step_.groups = groups_for((groups + threads - 1) / threads);
    return {};
  }

  /// Whole groups are compared: the last, and others spread before it.
  Check check(uint32_t samples) override {
    const uint64_t groups = x_.size() / activation_group;
    std::vector<int8_t> rounded(x_.size());
    if (!run_call(0) || !gpu_.read(buffers_[1], 0, std::as_writable_bytes(std::span(rounded))))
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
  /// The largest error of a group, relative to its largest value; 1 where sums do not add up.
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

Made prepare_rounding(const Problem& problem, Workbench& bench) {
  if (problem.n == 0 || problem.k == 0 || problem.k % activation_group != 0)
    return tl::unexpected(fmt::format("it needs rows of whole groups of {} values", activation_group));
  auto rounding = std::make_unique<Rounding>(bench.gpu->gpu, problem, bench.data, bench.seed);
  if (auto made = rounding->prepare(); !made) return tl::unexpected(made.error());
  return rounding;
}

/// y[n][k] = rows of table[m][k], drawn from as many as the working set holds.
class Embedding : public TimedWork {
 public:
  Embedding(Gpu& gpu, const Problem& problem, GpuWeights weights, uint64_t seed)
      : TimedWork(gpu), p_(problem), weights_(std::move(weights)) {
    const uint32_t values = gpu_block_values(p_.format);
    row_blocks_ = (p_.k + values - 1) / values;
    const uint64_t rows = std::min(p_.m, weights_.blocks / row_blocks_);
    Random random(seed);
    drawn_.resize((p_.n + 3) / 4 * 4);
    for (uint32_t& row : drawn_) row = static_cast<uint32_t>(random() % std::max<uint64_t>(1, rows));
  }

  tl::expected<void, std::string> prepare() {
    if (weights_.blocks < row_blocks_)
      return tl::unexpected(std::string("a row is more than the working set"));
    auto drawn = buffer_of<uint32_t>(gpu_, drawn_);
    if (!drawn) return tl::unexpected(drawn.error());
    auto y = gpu_.buffer(uint64_t{p_.n} * p_.k * 4, GpuMemory::device);
    if (!y) return tl::unexpected(y.error());
    const auto pipeline =
        gpu_.pipeline({fmt::format("embedding.{}.float32", format_of(p_.format).name), {threads}, 5, 8});
    if (!pipeline) return tl::unexpected(pipeline.error());
    buffers_ = {std::move(*drawn), std::move(*y)};
    step_.pipeline = *pipeline;
    step_.buffers = {weights_.buffer, &buffers_[0], &buffers_[0], &buffers_[1], &buffers_[0]};
    step_.arguments = weights_.plane_words;
    step_.arguments.resize(4);
    for (const uint32_t word : {0U, p_.k, p_.n, row_blocks_}) step_.arguments.push_back(word);
    const uint64_t units = uint64_t{p_.n} * row_blocks_ * (gpu_block_values(p_.format) / 32);
    step_.groups = groups_for((units + threads - 1) / threads);
    return {};
  }

  Check check(uint32_t samples) override {
    // d * scale * q less a min, each product rounded: up to three roundings beside the difference's own. What
    // is below the least normal number may be taken for zero: values, or a scale with up to 12 times it.
    const double tolerance = format_of(p_.format).quantized() ? 4 * 0x1p-24 : 0, least_off = 12 * 0x1p-126;
    std::vector<float> y;
    if (run_call(0)) y = floats_in(gpu_, buffers_[1], uint64_t{p_.n} * p_.k);
    if (y.empty()) return failed_check(tolerance);
    return check_embedding(
        y, p_.k, [this](uint64_t token) { return row_of(drawn_[token]); }, tolerance, least_off, samples);
  }

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t) const override { return {step_}; }

 private:
  ReferenceRow row_of(uint64_t row) const {
    return reference_row(p_.format,
                         repeated_blocks(weights_, p_.format, row * row_blocks_, row_blocks_).data(), p_.k);
  }

  Problem p_;
  GpuWeights weights_;
  uint32_t row_blocks_ = 0;
  std::vector<uint32_t> drawn_;
  std::array<GpuBuffer, 2> buffers_;  // rows drawn, results
  GpuStep step_;
};

Made prepare_embedding(const Problem& problem, Workbench& bench) {
  if (problem.n == 0 || problem.k == 0 || problem.k % format_of(problem.format).block_values != 0)
    return tl::unexpected(std::string("it needs tokens, and rows of whole blocks"));
  auto weights = bench.gpu->weights.weights(problem.format);
  if (!weights) return tl::unexpected(weights.error());
  auto embedding = std::make_unique<Embedding>(bench.gpu->gpu, problem, std::move(*weights), bench.seed);
  if (auto made = embedding->prepare(); !made) return tl::unexpected(made.error());
  return embedding;
}

}  // namespace

std::vector<Kernel> vulkan_format_kernels() {
  std::vector<Kernel> rows;
  // Whatever the CPU rounds for a format's products, the GPU's int8 ones take groups of 32.
  for (const FormatId format : {FormatId::q8_0, FormatId::q4_K, FormatId::int8_channel})
    rows.push_back(gpu_row(fmt::format("vulkan.quantize.{}", format_of(format).name), Op::quantize, format,
                           prepare_rounding, lacks_nothing));
  for (const QuantFormat& format : kernel_formats())
    rows.push_back(gpu_row(fmt::format("vulkan.embedding.{}", format.name), Op::embedding, format.id,
                           prepare_embedding, lacks_nothing));
  return rows;
}

}  // namespace weighin
