// Matrix products on a GPU made ready: operands, the rotation through the weights, and the check.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/formats/codec.h"
#include "kernels/operands.h"
#include "kernels/reference/matrix.h"
#include "kernels/vulkan/bench.h"
#include "kernels/vulkan/planes.h"
#include "kernels/vulkan/rows.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

using Made = tl::expected<std::unique_ptr<Prepared>, std::string>;

enum class Arithmetic : uint8_t { int8, float16, float32 };

std::string_view name_of(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::int8 ? "int8" : arithmetic == Arithmetic::float16 ? "float16" : "float32";
}

constexpr uint32_t rounding_threads = 64;

/// Sets of numbers that the search tries; the first needs no more than every GPU allows (128 threads, 16 KiB
/// of shared memory). gemv: threads and rows of a workgroup. gemm: a tile's rows and tokens, and a thread's.
const std::vector<GpuParameters> gemv_parameters{{64, 2}, {32, 1},  {32, 2},  {32, 4}, {64, 1},
                                                 {64, 4}, {128, 1}, {128, 2}, {256, 1}};
const std::vector<GpuParameters> gemm_parameters{{32, 32, 4, 4},  {32, 32, 2, 2},  {64, 32, 4, 4},
                                                 {64, 64, 4, 4},  {64, 64, 8, 4},  {64, 64, 8, 8},
                                                 {128, 64, 8, 4}, {128, 128, 8, 8}};

/// A search's numbers as the shader's constants: the threads come first.
std::vector<uint32_t> constants_of(Op op, const GpuParameters& p) {
  if (op == Op::gemv) return p;
  return {p[0] / p[2] * (p[1] / p[3]), p[0], p[1], p[2], p[3]};
}

/// Bytes of shared memory: gemv's partial sums; gemm's tiles, 8 quarters of 4 values and two scales a row or
/// token; the table of formats that have one.
uint64_t shared_bytes(Op op, Arithmetic arithmetic, const GpuParameters& p) {
  constexpr uint64_t table = 1024;
  if (op == Op::gemv) return table + p[1] * 64 * 4;
  const uint64_t quarter = arithmetic == Arithmetic::int8 ? 4 : arithmetic == Arithmetic::float16 ? 8 : 16;
  return table + (p[0] + p[1]) * (8 * quarter + 16);
}

/// Rounding relative to the sum of the terms' sizes. float32: each term rounded, and so many in a row in one
/// thread before threads are added. int8: exact sums of 16, two roundings each. float16: a term is rounded to
/// 11 bits, and each of 8 sums in a row again: half a unit of the last place, 2^-11.
double tolerance_of(Arithmetic arithmetic, uint32_t k) {
  if (arithmetic == Arithmetic::float16) return 9 * 0x1p-11;
  return (arithmetic == Arithmetic::int8 ? k / 16.0 + 48 : k + 128.0) * 0x1p-24;
}

/// Terms' sizes below this count as this: products of scales that are denormals, which a GPU may take for
/// zeros, times activations of up to 2^27.
constexpr double least_size = 0x1p-90;

struct Operands {
  GpuBuffer x, rounded, scales, row_scales, y;
};

class GpuProduct : public TimedWork {
 public:
  GpuProduct(GpuBench& bench, const Problem& problem, Arithmetic arithmetic)
      : TimedWork(bench.gpu), problem_(problem), arithmetic_(arithmetic) {
    block_values_ = gpu_block_values(problem.format);
    row_blocks_ = (problem.k + block_values_ - 1) / block_values_;
  }

  tl::expected<void, std::string> prepare(GpuBench& bench, Data data, uint64_t seed,
                                          const GpuParameters& parameters);

  Check check(uint32_t samples) override;

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t call) const override;

 private:
  tl::expected<void, std::string> make_operands(Data data, uint64_t seed);
  tl::expected<void, std::string> round_activations();
  uint64_t first_block(uint64_t call) const { return call % slabs_ * (problem_.m * row_blocks_); }
  ReferenceRow row_of(uint64_t call, uint64_t row) const;

  Problem problem_;
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
  // Rows of x are whole blocks, the values behind k zeros.
  const uint64_t padded = uint64_t{row_blocks_} * block_values_;
  x_ = activations(uint64_t{problem_.n} * problem_.k, data, seed);
  std::vector<float> x(problem_.n * padded);
  for (uint64_t token = 0; token < problem_.n; ++token)
    std::copy_n(&x_[token * problem_.k], problem_.k, &x[token * padded]);
  if (codec_of(problem_.format).scaled_rows) row_scales_ = row_scales(problem_.m, seed);
  const uint64_t rounded =
      arithmetic_ == Arithmetic::float32 ? 16 : x.size() * (arithmetic_ == Arithmetic::int8 ? 1 : 2);
  return keep(operands_.x, buffer_of<float>(gpu_, x))
      .and_then([&] { return keep(operands_.rounded, gpu_.buffer(rounded, GpuMemory::device)); })
      .and_then([&] { return keep(operands_.scales, gpu_.buffer(x.size() / 16 * 8, GpuMemory::device)); })
      .and_then([&] { return keep(operands_.row_scales, buffer_of<float>(gpu_, row_scales_)); })
      .and_then(
          [&] { return keep(operands_.y, gpu_.buffer(4 * problem_.m * problem_.n, GpuMemory::device)); });
}

tl::expected<void, std::string> GpuProduct::round_activations() {
  if (arithmetic_ == Arithmetic::float32) return {};
  const auto pipeline =
      gpu_.pipeline({fmt::format("quantize.{}", name_of(arithmetic_)), {rounding_threads}, 3, 1});
  if (!pipeline) return tl::unexpected(pipeline.error());
  const uint64_t rounding_groups = operands_.x.bytes() / 4 / 32;
  const GpuStep step{
      *pipeline,
      {&operands_.x, &operands_.rounded, &operands_.scales},
      {static_cast<uint32_t>(rounding_groups)},
      {static_cast<uint32_t>((rounding_groups + rounding_threads - 1) / rounding_threads), 1, 1}};
  auto work = gpu_.record({}, {&step, 1});
  if (!work) return tl::unexpected(work.error());
  if (gpu_.run(*work) < 0) return tl::unexpected(gpu_.failure());
  return {};
}

tl::expected<void, std::string> GpuProduct::prepare(GpuBench& bench, Data data, uint64_t seed,
                                                    const GpuParameters& parameters) {
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
  const bool gemv = problem_.op == Op::gemv;
  const std::vector<uint32_t> constants = constants_of(problem_.op, parameters);
  if (constants[0] > gpu_.facts().max_group_threads ||
      shared_bytes(problem_.op, arithmetic_, parameters) > gpu_.facts().max_shared_bytes)
    return tl::unexpected(
        fmt::format("this GPU has no workgroups of {} threads and {} bytes of shared memory", constants[0],
                    shared_bytes(problem_.op, arithmetic_, parameters)));
  const auto pipeline = gpu_.pipeline(
      {fmt::format("{}.{}.{}", op_name(problem_.op), format_of(problem_.format).name, name_of(arithmetic_)),
       constants, 5, 8});
  if (!pipeline) return tl::unexpected(pipeline.error());
  pipeline_ = *pipeline;
  const auto pieces = [](uint64_t count, uint32_t each) {
    return static_cast<uint32_t>((count + each - 1) / each);
  };
  if (gemv) {
    groups_ = groups_for(pieces(problem_.m, parameters[1]));
  } else {
    groups_ = {pieces(problem_.m, parameters[0]), pieces(problem_.n, parameters[1]), 1};
  }
  return {};
}

std::vector<GpuStep> GpuProduct::steps_of_call(uint64_t call) const {
  GpuStep step;
  step.pipeline = pipeline_;
  const GpuBuffer& x = arithmetic_ == Arithmetic::float32 ? operands_.x : operands_.rounded;
  step.buffers = {weights_.buffer, &x, &operands_.scales, &operands_.y, &operands_.row_scales};
  step.arguments = weights_.plane_words;
  step.arguments.resize(4);
  for (const uint64_t word : {first_block(call), problem_.m, uint64_t{problem_.n}, uint64_t{row_blocks_}})
    step.arguments.push_back(static_cast<uint32_t>(word));
  step.groups = groups_;
  return {step};
}

ReferenceRow GpuProduct::row_of(uint64_t call, uint64_t row) const {
  const uint64_t first = first_block(call) + row * row_blocks_;
  return reference_row(problem_.format, repeated_blocks(weights_, problem_.format, first, row_blocks_).data(),
                       problem_.k);
}

Check GpuProduct::check(uint32_t samples) {
  Check check{0, tolerance_of(arithmetic_, problem_.k)};
  const uint64_t call = calls_++, outputs = problem_.m * problem_.n;
  std::vector<float> y;
  if (run_call(call)) y = floats_in(gpu_, operands_.y, outputs);
  if (y.empty()) return {NAN, check.tolerance};
  const uint64_t count = std::min<uint64_t>(std::max(1U, samples), outputs);
  std::vector<std::pair<uint64_t, uint64_t>> sampled;  // row, token; in order of rows, each decoded once
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = i + 1 == count ? outputs - 1 : i * outputs / count;
    sampled.emplace_back(at % problem_.m, at / problem_.m);
  }
  std::sort(sampled.begin(), sampled.end());
  const Activations rounded = arithmetic_ == Arithmetic::int8      ? Activations::int8
                              : arithmetic_ == Arithmetic::float16 ? Activations::float16
                                                                   : Activations::floats;
  std::map<uint64_t, std::vector<double>> tokens;
  ReferenceRow row;
  uint64_t decoded = problem_.m;
  for (const auto& [r, token] : sampled) {
    if (r != decoded) row = row_of(call, r);
    decoded = r;
    std::vector<double>& x = tokens[token];
    if (x.empty()) x = reference_activations(&x_[token * problem_.k], problem_.k, rounded);
    ReferenceDot dot = reference_dot(row, x);
    if (!row_scales_.empty()) dot = {dot.sum * row_scales_[r], dot.size * row_scales_[r]};
    const double error = std::fabs(y[token * problem_.m + r] - dot.sum) / std::max(dot.size, least_size);
    if (!(error <= check.error)) check.error = error;  // keeps NaN
    if (std::isnan(check.error)) break;
  }
  return check;
}

Made prepare_product(const GpuParameters& parameters, Arithmetic arithmetic, const Problem& problem,
                     Workbench& bench) {
  const uint32_t block = format_of(problem.format).block_values;
  if (problem.m == 0 || problem.n == 0 || problem.k == 0 || problem.k % block != 0 ||
      (problem.op == Op::gemv && problem.n != 1))
    return tl::unexpected(fmt::format(
        "it needs rows, tokens (one for gemv) and k a whole number of blocks of {} values", block));
  auto product = std::make_unique<GpuProduct>(*bench.gpu, problem, arithmetic);
  if (auto made = product->prepare(*bench.gpu, bench.data, bench.seed, parameters); !made)
    return tl::unexpected(made.error());
  return product;
}

std::string lacks(Arithmetic arithmetic, Op op, const GpuFacts& gpu) {
  if (op == Op::gemv && !gpu.subgroup_arithmetic) return "sums within a subgroup";
  if (arithmetic == Arithmetic::int8 && !gpu.integer_dot) return "integer dot products";
  if (arithmetic == Arithmetic::float16 && !gpu.float16) return "arithmetic of halves";
  return "";
}

Kernel row(Op op, const QuantFormat& format, Arithmetic arithmetic) {
  const std::string name = fmt::format("vulkan.{}.{}.{}", op_name(op), format.name, name_of(arithmetic));
  const std::vector<GpuParameters>& sets = op == Op::gemv ? gemv_parameters : gemm_parameters;
  Kernel kernel = gpu_row(
      name, op, format.id,
      [=, usual = sets.front()](const Problem& problem, Workbench& bench) {
        return prepare_product(parameters_of(*bench.gpu, name, usual), arithmetic, problem, bench);
      },
      [=](const GpuFacts& gpu) { return lacks(arithmetic, op, gpu); });
  kernel.parameters = sets;
  kernel.peak = arithmetic == Arithmetic::int8      ? Op::peak_int8
                : arithmetic == Arithmetic::float16 ? Op::peak_fp16
                                                    : Op::peak_fp32;
  return kernel;
}

}  // namespace

std::vector<Kernel> vulkan_matrix_kernels() {
  std::vector<Kernel> rows;
  for (const Op op : {Op::gemv, Op::gemm}) {
    for (const QuantFormat& format : kernel_formats()) {
      if (format.quantized()) rows.push_back(row(op, format, Arithmetic::int8));
      if (op == Op::gemm && (format.quantized() || format.id == FormatId::f16))
        rows.push_back(row(op, format, Arithmetic::float16));
      rows.push_back(row(op, format, Arithmetic::float32));
    }
  }
  return rows;
}

}  // namespace weighin
