#include "kernels/vulkan/embedding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kernels/reference/matrix.h"
#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/gpu_kernel.h"
#include "kernels/vulkan/planes.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

constexpr uint32_t threads = 64;

/// y[n][k] = rows of table[m][k]. Rows are drawn from as many as the working set holds.
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
    auto y = make_buffer(gpu_, uint64_t{p_.n} * p_.k * 4, GpuMemory::device);
    if (!y) return tl::unexpected(y.error());
    const auto pipeline =
        pipeline_of(gpu_, {fmt::format("embedding.{}.float32", format_of(p_.format).name), {threads}, 5, 8});
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
    // A value is d * scale * q less a min, and each product is rounded: that makes up to three roundings
    // beside that of the difference. What is below the least normal number may be taken as zero: values, or a
    // scale that is multiplied by up to 12.
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
  std::array<GpuBuffer, 2> buffers_;  // the rows that were drawn, and the results
  GpuStep step_;
};

PreparedOrError prepare_embedding(const Problem& problem, Workbench& bench) {
  if (problem.n == 0 || problem.k == 0 || problem.k % format_of(problem.format).block_values != 0)
    return tl::unexpected(std::string("it needs tokens, and rows of whole blocks"));
  auto weights = bench.gpu->weights.weights(problem.format);
  if (!weights) return tl::unexpected(weights.error());
  auto embedding = std::make_unique<Embedding>(bench.gpu->gpu, problem, std::move(*weights), bench.seed);
  if (auto made = embedding->prepare(); !made) return tl::unexpected(made.error());
  return embedding;
}

}  // namespace

std::vector<Kernel> vulkan_embedding_kernels() {
  std::vector<Kernel> kernels;
  for (const QuantFormat& format : kernel_formats())
    kernels.push_back(gpu_kernel(fmt::format("vulkan.embedding.{}", format.name), Op::embedding, format.id,
                                 prepare_embedding, lacks_nothing));
  return kernels;
}

}  // namespace weighin
