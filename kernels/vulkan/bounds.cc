#include "kernels/vulkan/bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/gpu_kernel.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

constexpr uint64_t quad_bytes = 16;
/// The sets of parameters that the search tries: threads of a workgroup, and reads of a thread.
const std::vector<GpuParameters> stream_parameters{{128, 8},  {64, 8},  {128, 4},
                                                   {128, 16}, {256, 4}, {256, 8}};

/// Reads m bytes of the weights of a format. Each call goes on where the last one ended.
class StreamRead : public TimedWork {
 public:
  StreamRead(Gpu& gpu, GpuWeights weights, uint64_t bytes, GpuBuffer total, const GpuPipeline* pipeline,
             uint64_t quads_a_group)
      : TimedWork(gpu),
        weights_(std::move(weights)),
        quads_(std::min(bytes, weights_.buffer->bytes()) / quad_bytes),
        total_(std::move(total)),
        pipeline_(pipeline),
        quads_a_group_(quads_a_group) {}

  Check check(uint32_t) override {
    const uint64_t call = calls_++;
    constexpr uint32_t nothing = 0;
    std::vector<uint32_t> words(quads_ * 4);
    uint32_t found = 0;
    const bool done = write_buffer(gpu_, total_, 0, std::as_bytes(std::span(&nothing, 1))) &&
                      run_call(call) &&
                      read_buffer(gpu_, total_, 0, std::as_writable_bytes(std::span(&found, 1))) &&
                      read_buffer(gpu_, *weights_.buffer, first_quad(call) * quad_bytes,
                                  std::as_writable_bytes(std::span(words)));
    if (!done) return failed_check(0);
    uint32_t expected = 0;
    for (const uint32_t word : words) expected += word;
    return exact_check(found == expected);
  }

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t call) const override {
    GpuStep step;
    step.pipeline = pipeline_;
    step.buffers = {weights_.buffer, &total_};
    step.arguments = {static_cast<uint32_t>(first_quad(call)), static_cast<uint32_t>(quads_)};
    step.groups = groups_for((quads_ + quads_a_group_ - 1) / quads_a_group_);
    return {step};
  }

 private:
  uint64_t first_quad(uint64_t call) const {
    const uint64_t stretches = std::max<uint64_t>(1, weights_.buffer->bytes() / quad_bytes / quads_);
    return call % stretches * quads_;
  }

  GpuWeights weights_;
  uint64_t quads_;
  GpuBuffer total_;
  const GpuPipeline* pipeline_;
  uint64_t quads_a_group_, calls_ = 0;
};

PreparedOrError prepare_stream(const Problem& problem, Workbench& bench) {
  Gpu& gpu = bench.gpu->gpu;
  // Timed in turn with a kernel, the bound reads the buffer that the kernel reads.
  auto weights =
      bench.gpu->weights.weights(problem.format == FormatId::none ? FormatId::f16 : problem.format);
  if (!weights) return tl::unexpected(weights.error());
  auto total = make_buffer(gpu, sizeof(uint32_t), GpuMemory::device);
  if (!total) return tl::unexpected(total.error());
  const GpuParameters parameters = parameters_of(*bench.gpu, "vulkan.stream_read", stream_parameters.front());
  const auto pipeline = pipeline_of(gpu, {"stream_read", parameters, 2, 2});
  if (!pipeline) return tl::unexpected(pipeline.error());
  return std::make_unique<StreamRead>(gpu, std::move(*weights), problem.m, std::move(*total), *pipeline,
                                      uint64_t{parameters[0]} * parameters[1]);
}

/// One kind of arithmetic, as shaders/peak.glsl and peak_matrix.glsl compute it.
struct PeakKind {
  Op op;
  std::string_view name;
  double operations_a_step;  // of a thread
  float sum,
      gain_a_step;  // of a thread's chains: the value that they start with in sum, and what each step adds
  uint32_t first, second;  // the factors, as bits of the chains' type
};

constexpr uint32_t steps_a_round = 5, peak_threads = 128;
/// A multiply-add counts as two operations. A thread has 8 chains of 4 floats, 16 of 2 halves, or 16 of 4
/// bytes, with factors of -1 and 1.
constexpr std::array peaks{PeakKind{Op::peak_fp32, "fp32", 64, 32, 0, 0xbf800000, 0x3f800000},
                           PeakKind{Op::peak_fp16, "fp16", 64, 32, 0, 0xbc00bc00, 0x3c003c00},
                           PeakKind{Op::peak_int8, "int8", 128, 16, 0, 0xff, 1}};
/// Enough rounds to hide the start of a workgroup; odd, so that the chains end at 1.
constexpr uint64_t most_rounds = 511;

/// A subgroup has 4 chains, which begin at 0, 1, 2 and 3. A step adds k products of 1 and 2^-4 to every sum
/// of each.
PeakKind matrix_peak(const GpuFacts& gpu) {
  const MatrixUnits& units = gpu.matrix_units;
  constexpr double chains = 4;
  constexpr uint32_t one = 0x3c00, sixteenth = 0x2c00;  // halves
  const double operations = chains * 2 * units.m * units.n * units.k / std::max(1U, gpu.subgroup_size);
  return {
      Op::peak_matrix, "matrix", operations, 0 + 1 + 2 + 3, static_cast<float>(chains * units.k / 16), one,
      sixteenth};
}

class Peak : public TimedWork {
 public:
  Peak(Gpu& gpu, const PeakKind& kind, uint64_t operations, GpuBuffer results, GpuBuffer factors,
       const GpuPipeline* pipeline)
      : TimedWork(gpu),
        kind_(kind),
        results_(std::move(results)),
        factors_(std::move(factors)),
        pipeline_(pipeline),
        rounds_(rounds_of(kind, operations)),
        groups_(groups_of(kind, operations)) {
    const double done = a_round(kind) * static_cast<double>(rounds_ * groups_);
    set_share(static_cast<double>(operations) / done);
  }

  static double a_round(const PeakKind& kind) {
    return kind.operations_a_step * steps_a_round * peak_threads;
  }
  static uint64_t rounds_of(const PeakKind& kind, uint64_t operations) {
    const auto wanted = static_cast<uint64_t>(static_cast<double>(operations) / a_round(kind));
    return std::clamp<uint64_t>(wanted, 1, most_rounds) | 1;
  }
  static uint64_t groups_of(const PeakKind& kind, uint64_t operations) {
    const double one = a_round(kind) * static_cast<double>(rounds_of(kind, operations));
    return std::clamp<uint64_t>(static_cast<uint64_t>(std::ceil(static_cast<double>(operations) / one)), 1,
                                65535);
  }

  Check check(uint32_t) override {
    std::vector<float> found;
    if (run_call(0)) found = floats_in(gpu_, results_, groups_);
    if (found.empty()) return failed_check(0);
    const float end = kind_.sum + kind_.gain_a_step * static_cast<float>(steps_a_round * rounds_);
    const bool right = std::all_of(found.begin(), found.end(), [&](float f) { return f == end; });
    return exact_check(right);
  }

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t) const override {
    GpuStep step;
    step.pipeline = pipeline_;
    step.buffers = {&results_, &factors_};
    step.arguments = {static_cast<uint32_t>(rounds_)};
    step.groups = {static_cast<uint32_t>(groups_), 1, 1};
    return {step};
  }

 private:
  PeakKind kind_;
  GpuBuffer results_, factors_;
  const GpuPipeline* pipeline_;
  uint64_t rounds_, groups_;
};

PreparedOrError prepare_peak(const PeakKind& kind, const Problem& problem, Workbench& bench) {
  Gpu& gpu = bench.gpu->gpu;
  auto results = make_buffer(gpu, Peak::groups_of(kind, problem.m) * sizeof(float), GpuMemory::device);
  if (!results) return tl::unexpected(results.error());
  const std::array<uint32_t, 4> numbers{kind.first, kind.second, 0, 0};
  auto factors = buffer_of<uint32_t>(gpu, numbers);
  if (!factors) return tl::unexpected(factors.error());
  GpuShader shader{fmt::format("peak.{}", kind.name), {peak_threads}, 2, 1};
  if (kind.op == Op::peak_matrix) {
    const MatrixUnits& units = gpu.facts().matrix_units;
    shader.constants.insert(shader.constants.end(), {units.m, units.n, units.k});
    shader.full_subgroups = true;
  }
  const auto pipeline = pipeline_of(gpu, shader);
  if (!pipeline) return tl::unexpected(pipeline.error());
  return std::make_unique<Peak>(gpu, kind, problem.m, std::move(*results), std::move(*factors), *pipeline);
}

std::string lacks_for(Op op, const GpuFacts& gpu) {
  if (!gpu.subgroup_arithmetic) return "sums within a subgroup";
  if (op == Op::peak_fp16 && !gpu.float16) return "arithmetic of halves";
  if (op == Op::peak_matrix && gpu.matrix_units.m == 0) return gpu.matrix_units.lacking;
  if (op == Op::peak_int8 && !gpu.integer_dot) return "integer dot products";
  return "";
}

}  // namespace

std::vector<Kernel> vulkan_bound_kernels() {
  std::vector<Kernel> rows{gpu_kernel("vulkan.stream_read", Op::stream_read, FormatId::none, prepare_stream,
                                      [](const GpuFacts& gpu) { return lacks_for(Op::stream_read, gpu); })};
  rows.back().parameters = stream_parameters;
  for (const PeakKind& kind : peaks)
    rows.push_back(gpu_kernel(
        fmt::format("vulkan.peak.{}", kind.name), kind.op, FormatId::none,
        [&kind](const Problem& problem, Workbench& bench) { return prepare_peak(kind, problem, bench); },
        [op = kind.op](const GpuFacts& gpu) { return lacks_for(op, gpu); }));
  rows.push_back(gpu_kernel(
      "vulkan.peak.matrix", Op::peak_matrix, FormatId::none,
      [](const Problem& problem, Workbench& bench) {
        return prepare_peak(matrix_peak(bench.gpu->gpu.facts()), problem, bench);
      },
      [](const GpuFacts& gpu) { return lacks_for(Op::peak_matrix, gpu); }));
  return rows;
}

}  // namespace weighin
