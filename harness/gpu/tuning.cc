#include "harness/gpu/tuning.h"

#include "kernels/table/all_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace weighin {
namespace {

/// How many outputs are compared before a set of parameters is timed.
constexpr uint32_t sampled_outputs = 16;
/// A set's time is the least of this many runs.
constexpr int runs = 3;

/// The format that is timed in place of `format`, whose blocks are alike.
FormatId stands_for(Op op, FormatId format) {
  if (op != Op::gemv && op != Op::gemm) return format;
  const QuantFormat& of = format_of(format);
  return !of.quantized() ? FormatId::f16 : of.block_values > 32 ? FormatId::q4_K : FormatId::q4_0;
}

/// The name of the same kernel for the format that is timed.
std::string timed_name(const Kernel& kernel) {
  const FormatId timed = stands_for(kernel.op, kernel.format);
  if (timed == kernel.format) return kernel.name;
  const std::string own = fmt::format(".{}", format_of(kernel.format).name);
  std::string name = kernel.name;
  const size_t at = name.find(own);
  return at == std::string::npos ? name
                                 : name.replace(at, own.size(), fmt::format(".{}", format_of(timed).name));
}

/// A problem of the size that a model of 7B has, or of a size that suits a CPU.
Problem timed_problem(const Kernel& kernel, bool software) {
  const uint32_t width = software ? 512 : 4096, tokens = software ? 32 : 512, heads = software ? 4 : 32;
  Problem problem{.op = kernel.op, .format = kernel.format};
  switch (kernel.op) {
    case Op::gemv:
    case Op::gemm:
      problem.m = problem.k = width;
      problem.n = kernel.op == Op::gemv ? 1 : tokens;
      break;
    case Op::attention:
    case Op::prefill_attention:
      problem.n = kernel.op == Op::attention ? 0 : tokens;
      problem.context = kernel.op == Op::attention ? 2 * tokens : tokens;
      problem.k = 128;
      problem.heads = heads;
      problem.kv_heads = heads / 4;
      break;
    case Op::stream_read:
      problem.m = uint64_t{tokens} << 16;  // 32 MiB, or 2 MiB
      break;
    default:
      problem.n = tokens;
      problem.k = width;
  }
  return problem;
}

std::string text_of(const GpuParameters& parameters) {
  return fmt::format("{}", fmt::join(parameters, " "));
}

GpuParameters parameters_in(const std::string& text) {
  std::istringstream words(text);
  GpuParameters parameters;
  for (uint32_t number = 0; words >> number;) parameters.push_back(number);
  return parameters;
}

/// The seconds that the kernel takes with these parameters; infinite where it cannot be run with them, or
/// computes wrongly.
double seconds_with(const Kernel& kernel, const GpuParameters& parameters, Workbench& bench) {
  constexpr double never = std::numeric_limits<double>::infinity();
  bench.gpu->tuned[kernel.name] = parameters;
  const auto prepared = kernel.prepare(timed_problem(kernel, bench.gpu->gpu.facts().software), bench);
  if (!prepared || !(*prepared)->check(sampled_outputs).right()) return never;
  double least = never;
  for (int i = 0; i < runs; ++i) {
    (*prepared)->run();
    if ((*prepared)->own_seconds() > 0) least = std::min(least, (*prepared)->own_seconds());
  }
  return least;
}

}  // namespace

GpuTunings::GpuTunings(const GpuFacts& gpu, std::vector<GpuTuning> known) : gpu_(gpu) {
  for (GpuTuning& tuning : known) {
    std::string kernel = tuning.kernel;
    found_.emplace(std::move(kernel), std::move(tuning));
  }
}

void GpuTunings::search(Workbench& bench, const std::function<bool()>& over,
                        const std::function<void(const GpuTuning&)>& found) {
  for (const Kernel& kernel : all_kernels()) {
    const bool timed = kernel.backend == Backend::vulkan && kernel.parameters.size() > 1 &&
                       timed_name(kernel) == kernel.name;
    if (!timed || !kernel.lacks(gpu_).empty() || found_.count(kernel.name)) continue;
    GpuTuning best{.gpu = gpu_.id,
                   .driver_version = gpu_.driver_version,
                   .kernel = kernel.name,
                   .parameters = "",
                   .seconds = std::numeric_limits<double>::infinity(),
                   .tuned_at = ""};
    for (const GpuParameters& parameters : kernel.parameters) {
      if (over() || !bench.gpu->gpu.failure().empty()) return;
      const double seconds = seconds_with(kernel, parameters, bench);
      if (seconds >= best.seconds) continue;
      best.seconds = seconds;
      best.parameters = text_of(parameters);
    }
    bench.gpu->tuned.erase(kernel.name);
    // None computes correctly, which the plan will report for each problem.
    if (best.parameters.empty()) continue;
    found_[kernel.name] = best;
    found(best);
  }
}

const GpuTuning* GpuTunings::of(const Kernel& kernel) const {
  const auto found = found_.find(timed_name(kernel));
  return found == found_.end() ? nullptr : &found->second;
}

std::map<std::string, GpuParameters> GpuTunings::parameters() const {
  std::map<std::string, GpuParameters> all;
  for (const Kernel& kernel : all_kernels()) {
    if (kernel.backend != Backend::vulkan) continue;
    const GpuTuning* tuning = of(kernel);
    if (tuning == nullptr) continue;
    GpuParameters parameters = parameters_in(tuning->parameters);
    // Parameters that another version of this program tried may no longer be among the kernel's sets.
    if (std::find(kernel.parameters.begin(), kernel.parameters.end(), parameters) != kernel.parameters.end())
      all[kernel.name] = std::move(parameters);
  }
  return all;
}

KernelChoice GpuTunings::choice() const {
  return [*this](const Problem& problem) {
    std::vector<const Kernel*> kernels = gpu_kernels_for(problem, gpu_);
    const auto seconds = [this](const Kernel* kernel) {
      const GpuTuning* tuning = of(*kernel);
      return tuning ? tuning->seconds : std::numeric_limits<double>::infinity();
    };
    std::stable_sort(kernels.begin(), kernels.end(),
                     [&](const Kernel* a, const Kernel* b) { return seconds(a) < seconds(b); });
    return kernels;
  };
}

}  // namespace weighin
