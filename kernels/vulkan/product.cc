#include "kernels/vulkan/product.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "kernels/formats/codec.h"
#include "kernels/operands/operands.h"
#include "kernels/reference/matrix.h"
#include "kernels/vulkan/planes.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

constexpr uint32_t rounding_threads = 64;

/// The rounding errors that are allowed, relative to the sum of the terms' sizes. float32: each term is
/// rounded, and so is the sum of as many terms as one thread adds before threads are added. int8: sums of 16
/// are exact, and two roundings follow each. float16: a term is rounded to 11 bits, and so is each of 8 sums
/// that follow: half a unit of the last place each, 2^-11. matrix: the reference rounds both factors to
/// halves as the kernel does, but a GPU may round toward zero, which is off by a unit, and its units may also
/// sum floats that way, 16 products at a time.
double tolerance_of(Arithmetic arithmetic, uint32_t k) {
  if (arithmetic == Arithmetic::matrix) return 0x1p-9 + k * 0x1p-25;
  if (arithmetic == Arithmetic::float16) return 9 * 0x1p-11;
  return (arithmetic == Arithmetic::int8 ? k / 16.0 + 48 : k + 128.0) * 0x1p-24;
}

/// Terms whose sizes sum to less are compared as if they summed to this. A GPU may take denormals, which are
/// below 2^-126, as zeros. A thousand of them with weights of 2^28 sum to half of a tolerance of 2^-14 of
/// this.
constexpr double least_size = 0x1p-73;

struct Operands {
  GpuBuffer x, rounded, scales, row_scales, row_powers, y;
};

class GpuProduct : public TimedWork {
 public:
  GpuProduct(GpuBench& bench, const Problem& problem, const ProductShader& shader)
      : TimedWork(bench.gpu), problem_(problem), shader_(shader), arithmetic_(shader.arithmetic) {
    block_values_ = gpu_block_values(problem.format);
    row_blocks_ = (problem.k + block_values_ - 1) / block_values_;
  }

  tl::expected<void, std::string> prepare(GpuBench& bench, Data data, uint64_t seed);

  Check check(uint32_t samples) override;

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t call) const override;

 private:
  bool rounds() const { return arithmetic_facts(arithmetic_).activations != Activations::floats; }
  tl::expected<void, std::string> make_operands(Data data, uint64_t seed);
  tl::expected<void, std::string> round_activations();
  tl::expected<void, std::string> find_row_powers();
  /// The buffers and arguments of a shader over `rows` rows from block `block` on.
  GpuStep step_of(const GpuPipeline* pipeline, uint64_t block, uint64_t rows) const;
  uint64_t first_block(uint64_t call) const { return call % slabs_ * (problem_.m * row_blocks_); }
  ReferenceRow row_of(uint64_t call, uint64_t row) const;

  Problem problem_;
  ProductShader shader_;
  Arithmetic arithmetic_;
  uint32_t block_values_, row_blocks_;
  uint64_t slabs_ = 1, calls_ = 0;
  GpuWeights weights_;
  Operands operands_;
  const GpuPipeline* pipeline_ = nullptr;
  std::array<uint32_t, 3> groups_{1, 1, 1};
  Floats x_, row_scales_;
};

tl::expected<void, std::string> GpuProduct::make_operands(Data data, uint64_t seed) {
  // Rows of x are whole blocks; the values behind k are zeros.
  const uint64_t padded = uint64_t{row_blocks_} * block_values_;
  x_ = activations(uint64_t{problem_.n} * problem_.k, data, seed);
  std::vector<float> x(problem_.n * padded);
  for (uint64_t token = 0; token < problem_.n; ++token)
    std::copy_n(&x_[token * problem_.k], problem_.k, &x[token * padded]);
  if (codec_of(problem_.format).scaled_rows) row_scales_ = row_scales(problem_.m, seed);
  const uint64_t rounded = rounds() ? x.size() * arithmetic_facts(arithmetic_).activation_bytes : 16;
  return keep(operands_.x, buffer_of<float>(gpu_, x))
      .and_then([&] { return keep(operands_.rounded, make_buffer(gpu_, rounded, GpuMemory::device)); })
      .and_then(
          [&] { return keep(operands_.scales, make_buffer(gpu_, x.size() / 16 * 8, GpuMemory::device)); })
      .and_then([&] { return keep(operands_.row_scales, buffer_of<float>(gpu_, row_scales_)); })
      .and_then([&] {
        return keep(operands_.y, make_buffer(gpu_, 4 * problem_.m * problem_.n, GpuMemory::device));
      });
}

tl::expected<void, std::string> GpuProduct::round_activations() {
  if (!rounds()) return {};
  const auto pipeline = pipeline_of(
      gpu_, {fmt::format("quantize.{}", arithmetic_facts(arithmetic_).name), {rounding_threads}, 3, 1});
  if (!pipeline) return tl::unexpected(pipeline.error());
  GpuStep step{*pipeline, {&operands_.x, &operands_.rounded, &operands_.scales}, {}, {1, 1, 1}};
  const auto values = static_cast<uint32_t>(operands_.x.bytes() / sizeof(float));
  if (arithmetic_ == Arithmetic::matrix) {  // a token a workgroup
    step.arguments = {values / problem_.n / 4};
    step.groups[0] = problem_.n;
  } else {  // 32 values a thread
    step.arguments = {values / 32};
    step.groups[0] = (values / 32 + rounding_threads - 1) / rounding_threads;
  }
  return run_step(gpu_, step);
}

/// An engine does this once for a model's weights.
tl::expected<void, std::string> GpuProduct::find_row_powers() {
  const uint64_t rows = slabs_ * problem_.m;
  if (auto kept = keep(operands_.row_powers, make_buffer(gpu_, sizeof(float) * rows, GpuMemory::device));
      !kept)
    return kept;
  const auto pipeline = pipeline_of(
      gpu_, {fmt::format("row_power.{}.float32", format_of(problem_.format).name), {rounding_threads}, 5, 8});
  if (!pipeline) return tl::unexpected(pipeline.error());
  GpuStep step = step_of(*pipeline, 0, rows);
  step.buffers[3] = &operands_.row_powers;
  step.groups = groups_for(rows);
  return run_step(gpu_, step);
}

tl::expected<void, std::string> GpuProduct::prepare(GpuBench& bench, Data data, uint64_t seed) {
  auto weights = bench.weights.weights(problem_.format);
  if (!weights) return tl::unexpected(weights.error());
  weights_ = *weights;
  slabs_ = weights_.blocks / (problem_.m * row_blocks_);
  if (slabs_ == 0)
    return tl::unexpected(
        fmt::format("its weights are more than the {} MiB that are kept of {}; measure fewer rows",
                    weights_.buffer->bytes() >> 20, format_of(problem_.format).name));
  if (auto made = make_operands(data, seed); !made) return made;
  if (auto rounded = round_activations(); !rounded) return rounded;
  if (arithmetic_ == Arithmetic::matrix) {
    if (auto found = find_row_powers(); !found) return found;
  }
  const auto pipeline = pipeline_of(gpu_, shader_.shader);
  if (!pipeline) return tl::unexpected(pipeline.error());
  pipeline_ = *pipeline;
  const auto pieces = [](uint64_t count, uint32_t each) {
    return static_cast<uint32_t>((count + each - 1) / each);
  };
  groups_ = problem_.op == Op::gemv
                ? groups_for(pieces(problem_.m, shader_.rows))
                : std::array{pieces(problem_.m, shader_.rows), pieces(problem_.n, shader_.tokens), 1U};
  return {};
}

GpuStep GpuProduct::step_of(const GpuPipeline* pipeline, uint64_t block, uint64_t rows) const {
  GpuStep step;
  step.pipeline = pipeline;
  const GpuBuffer& x = rounds() ? operands_.rounded : operands_.x;
  step.buffers = {weights_.buffer, &x, &operands_.scales, &operands_.y, &operands_.row_scales};
  step.arguments = weights_.plane_words;
  step.arguments.resize(4);
  for (const uint64_t word : {block, rows, uint64_t{problem_.n}, uint64_t{row_blocks_}})
    step.arguments.push_back(static_cast<uint32_t>(word));
  return step;
}

std::vector<GpuStep> GpuProduct::steps_of_call(uint64_t call) const {
  GpuStep step = step_of(pipeline_, first_block(call), problem_.m);
  if (arithmetic_ == Arithmetic::matrix) step.buffers.push_back(&operands_.row_powers);
  step.groups = groups_;
  return {step};
}

ReferenceRow GpuProduct::row_of(uint64_t call, uint64_t row) const {
  const uint64_t first = first_block(call) + row * row_blocks_;
  ReferenceRow decoded = reference_row(
      problem_.format, repeated_blocks(weights_, problem_.format, first, row_blocks_).data(), problem_.k);
  if (arithmetic_ == Arithmetic::matrix) round_to_halves(decoded.values);
  return decoded;
}

Check GpuProduct::check(uint32_t samples) {
  const double tolerance = tolerance_of(arithmetic_, problem_.k);
  const uint64_t call = calls_++;
  std::vector<float> y;
  if (run_call(call)) y = floats_in(gpu_, operands_.y, problem_.m * problem_.n);
  if (y.empty()) return failed_check(tolerance);
  return check_product({.y = y,
                        .m = problem_.m,
                        .k = problem_.k,
                        .weights = [&](uint64_t row) { return row_of(call, row); },
                        .x = x_,
                        .activations = arithmetic_facts(arithmetic_).activations,
                        .row_scales = row_scales_,
                        .least_size = least_size},
                       tolerance, samples);
}

}  // namespace

const ArithmeticFacts& arithmetic_facts(Arithmetic arithmetic) {
  static constexpr std::array rows{ArithmeticFacts{"int8", Op::peak_int8, Activations::int8, 1},
                                   ArithmeticFacts{"float16", Op::peak_fp16, Activations::float16, 2},
                                   ArithmeticFacts{"float32", Op::peak_fp32, Activations::floats, 4},
                                   ArithmeticFacts{"matrix", Op::peak_matrix, Activations::float16_row, 2}};
  return rows.at(static_cast<size_t>(arithmetic));
}

PreparedOrError make_product(GpuBench& bench, const Problem& problem, Data data, uint64_t seed,
                             const ProductShader& shader) {
  auto product = std::make_unique<GpuProduct>(bench, problem, shader);
  if (auto made = product->prepare(bench, data, seed); !made) return tl::unexpected(made.error());
  return product;
}

}  // namespace weighin
