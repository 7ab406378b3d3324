#include "tests/engine/compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <thread>

#include "harness/engines/ggml/check.h"
#include "harness/engines/ggml/operation_graphs.h"
#include "harness/run/watch.h"
#include "harness/timing/statistics.h"
#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/operands/operands.h"

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t prefill_tokens = 512, cached_tokens = 2048, head_dim = 128, attention_heads = 32;
/// The most products of one graph. Prefill takes few matrices, since each has results of its own.
constexpr uint64_t most_decode_matrices = 256, most_prefill_matrices = 4;
/// The bound is timed for half as long as an operation, as in harness/timing/measure.cc, and the rounding for
/// 100 us or more.
constexpr double bound_share = 0.5, least_rounding_s = 100e-6;
constexpr uint32_t sampled_outputs = 64;

/// One of those that are timed in turn. `run` does `operations` operations.
struct Contender {
  std::function<void()> run;
  double operations;
  Samples& samples;
  TheirThreads* threads = nullptr;  // woken before `run`, put to sleep after it; nullptr for our kernels
};

double seconds_of(const std::function<void()>& run) {
  const Clock::time_point begin = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Times all contenders once, in this order or backwards, so that none always follows the same one.
void take_turns(std::vector<Contender>& contenders, ThreadPool& pool, bool backwards) {
  for (size_t i = 0; i < contenders.size(); ++i) {
    Contender& one = contenders[backwards ? contenders.size() - 1 - i : i];
    if (one.threads != nullptr) {
      one.threads->wake();
    } else {
      pool.run([](uint32_t) {});
    }
    const double seconds = seconds_of(one.run);
    if (one.threads != nullptr) one.threads->rest();
    one.samples.push_back(seconds / one.operations);
  }
}

/// One of our kernels, and the problem made ready for it.
struct Ours {
  const Kernel* kernel = nullptr;
  std::unique_ptr<Prepared> prepared{};
};

/// The first of `kernels` for `problem`, of plain weights or of packed ones. Empty where there is no such
/// kernel.
tl::expected<Ours, std::string> make_ours(const Problem& problem, Workbench& bench,
                                          const KernelChoice& kernels, bool plain) {
  for (const Kernel* kernel : kernels(problem)) {
    if (kernel->name.ends_with(".plain") != plain) continue;
    auto prepared = kernel->prepare(problem, bench);
    if (!prepared) return tl::unexpected(prepared.error());
    return Ours{kernel, std::move(*prepared)};
  }
  return Ours{};
}

/// Bytes of weights or cache that one operation reads.
uint64_t operand_bytes(const Problem& p) {
  if (p.op == Op::attention) return 2 * sizeof(uint16_t) * p.k * uint64_t{p.context} * p.kv_heads;
  return row_bytes(p.format, p.k) * p.m;
}

/// The bound of `problem`: reading, where each operand is read once, else the peak of the arithmetic that
/// `kernel` computes with.
Problem bound_of(const Problem& problem, const Kernel& kernel, double work) {
  const auto part = static_cast<uint64_t>(bound_share * work);
  if (problem.op == Op::gemm) return {.op = kernel.peak.value_or(peak_of(problem)), .m = part};
  return {.op = Op::stream_read, .format = problem.format, .m = part};
}

/// Their side: graphs over plain weights and, where the library has kernels for them, over repacked weights.
struct Theirs {
  std::unique_ptr<TheirGraphs> plain{}, repacked{};
  std::string layout{};
};

tl::expected<Theirs, std::string> make_theirs(const Ggml& ggml, const Problem& problem,
                                              std::span<const std::byte> weights, const Floats& x) {
  const uint64_t whole = weights.size() / operand_bytes(problem);
  const uint64_t most = problem.op == Op::gemm ? most_prefill_matrices : most_decode_matrices;
  const auto count = static_cast<uint32_t>(std::min(whole, most));
  Theirs theirs;
  if (problem.op == Op::attention) {
    auto graphs = TheirGraphs::attention(ggml, problem, weights, count, x.data());
    if (!graphs) return tl::unexpected(graphs.error());
    theirs.plain = std::move(*graphs);
    return theirs;
  }
  auto plain = TheirGraphs::products(ggml, problem, weights, count, x.data(), nullptr);
  if (!plain) return tl::unexpected(plain.error());
  theirs.plain = std::move(*plain);
  for (GgmlBufferType* type : ggml.repacking) {
    auto repacked = TheirGraphs::products(ggml, problem, weights, count, x.data(), type);
    if (!repacked) continue;
    theirs.repacked = std::move(*repacked);
    theirs.layout = ggml.buft_name(type);
    break;
  }
  return theirs;
}

/// The rounding of activations before our product. Empty where the product takes floats.
tl::expected<Ours, std::string> make_rounding(const Problem& problem, const Kernel& kernel, Workbench& bench,
                                              const KernelChoice& kernels) {
  if (kernel.matrix == nullptr || kernel.matrix->round == nullptr) return Ours{};
  const FormatId rounded = rounded_for(problem.op, problem.format);
  if (rounded == FormatId::none) return Ours{};
  return make_ours({.op = Op::quantize, .format = rounded, .n = problem.n, .k = problem.k}, bench, kernels,
                   false);
}

/// The share of all cores that this process did not use between two readings, and that was not idle.
double other_share(const LoadCounters& before, const LoadCounters& after) {
  if (before.busy_s < 0 || after.busy_s < 0) return 0;
  const double busy = after.busy_s - before.busy_s + after.steal_s - before.steal_s;
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  return std::max(0.0, busy - (after.own_s - before.own_s)) / (cores * (after.wall_s - before.wall_s));
}

/// Both sides and the bound, made ready over one working set.
struct Sides {
  Ours ours{}, bound{}, plain{}, rounding{};
  Theirs theirs{};
  std::span<const std::byte> blocks{};  // the weights in the order of their format
  Floats x{};
};

tl::expected<Sides, std::string> make_sides(const Ggml& ggml, const Problem& problem, double work,
                                            Workbench& bench, const KernelChoice& kernels,
                                            const KernelChoice& plain_kernels) {
  Sides sides;
  auto ours = make_ours(problem, bench, kernels, false);
  if (!ours) return tl::unexpected(ours.error());
  if (!ours->prepared) return tl::unexpected(fmt::format("no kernel here computes {}", describe(problem)));
  // Made right after the kernel, so that it reads the buffer that the kernel reads.
  auto bound = make_ours(bound_of(problem, *ours->kernel, work), bench, kernels, false);
  if (!bound) return tl::unexpected(bound.error());
  auto plain = make_ours(problem, bench, plain_kernels, true);
  if (!plain) return tl::unexpected(plain.error());
  auto rounding = make_rounding(problem, *ours->kernel, bench, kernels);
  if (!rounding) return tl::unexpected(rounding.error());
  const auto blocks = bench.weights.weights(problem.format, bench.pool);
  if (!blocks) return tl::unexpected(blocks.error());
  sides.blocks = *blocks;
  sides.x = problem.op == Op::attention
                ? query_of(problem, bench)
                : activations(uint64_t{problem.n} * problem.k, bench.data, bench.seed);
  auto theirs = make_theirs(ggml, problem, sides.blocks, sides.x);
  if (!theirs) return tl::unexpected(theirs.error());
  sides.ours = std::move(*ours);
  sides.bound = std::move(*bound);
  sides.plain = std::move(*plain);
  sides.rounding = std::move(*rounding);
  sides.theirs = std::move(*theirs);
  return sides;
}

std::function<void()> repeat(Prepared& prepared, double times) {
  return [&prepared, times] {
    for (uint64_t i = 0; static_cast<double>(i) < times; ++i) prepared.run();
  };
}

/// Checks our kernels, and adds them and the bound to the contenders.
void add_ours(const Sides& sides, Comparison& result, std::vector<Contender>& turns) {
  const double a_graph = sides.theirs.plain->operations();
  result.kernel = sides.ours.kernel->name;
  result.check = sides.ours.prepared->check(sampled_outputs);
  turns.push_back({repeat(*sides.ours.prepared, a_graph), a_graph, result.ours});
  result.bound_kernel = sides.bound.kernel->name;
  turns.push_back({repeat(*sides.bound.prepared, 1), bound_share, result.bound});
  if (sides.plain.prepared) {
    result.plain_kernel = sides.plain.kernel->name;
    const Check check = sides.plain.prepared->check(sampled_outputs);
    if (!check.right()) result.check = check;
    turns.push_back({repeat(*sides.plain.prepared, a_graph), a_graph, result.ours_plain});
  }
  if (sides.rounding.prepared) {
    const double once = std::max(1e-9, seconds_of(repeat(*sides.rounding.prepared, 100)) / 100);
    const double times = std::ceil(least_rounding_s / once);
    turns.push_back({repeat(*sides.rounding.prepared, times), times, result.rounding});
  }
}

/// Checks their kernels, and adds them to the contenders.
void add_theirs(const Problem& problem, const Sides& sides, TheirThreads& threads, Comparison& result,
                std::vector<Contender>& turns) {
  result.their_layout = sides.theirs.layout;
  const uint64_t outputs =
      problem.op == Op::attention ? uint64_t{problem.heads} * problem.k : uint64_t{problem.n} * problem.m;
  for (const auto& [graphs, samples] : {std::pair{sides.theirs.plain.get(), &result.theirs_plain},
                                        std::pair{sides.theirs.repacked.get(), &result.theirs_repacked}}) {
    if (graphs == nullptr) continue;
    threads.wake();
    graphs->run();
    threads.rest();
    const Check check =
        check_theirs(problem, sides.blocks, sides.x, graphs->results(outputs), sampled_outputs);
    if (!(check.error < result.their_check.error)) result.their_check = check;
    turns.push_back({[run = graphs] { run->run(); }, double{1} * graphs->operations(), *samples, &threads});
  }
}

}  // namespace

std::string case_name(const Problem& p) {
  if (p.op == Op::attention) return fmt::format("attention f16 {}/{}", p.heads, p.kv_heads);
  return fmt::format("{} {}", p.op == Op::gemv ? "decode" : "prefill", format_of(p.format).name);
}

std::vector<Problem> comparison_problems(const ComparisonOptions& options) {
  std::vector<Problem> problems;
  for (const auto& [op, n] : {std::pair{Op::gemv, 1U}, std::pair{Op::gemm, prefill_tokens}}) {
    for (const QuantFormat& format : kernel_formats()) {
      if (format.gguf_type == no_gguf) continue;
      problems.push_back({.op = op, .format = format.id, .m = options.size, .n = n, .k = options.size});
    }
  }
  for (const uint32_t kv_heads : {attention_heads, attention_heads / 4}) {
    problems.push_back({.op = Op::attention,
                        .format = FormatId::f16,
                        .k = head_dim,
                        .heads = attention_heads,
                        .kv_heads = kv_heads,
                        .context = cached_tokens});
  }
  return problems;
}

const Samples& Comparison::theirs() const {
  if (theirs_repacked.empty()) return theirs_plain;
  return median(theirs_repacked) < median(theirs_plain) ? theirs_repacked : theirs_plain;
}

double paired(const Samples& a, const Samples& b) {
  Samples ratios(std::min(a.size(), b.size()));
  for (size_t i = 0; i < ratios.size(); ++i) ratios[i] = a[i] / b[i];
  return median(ratios);
}

Samples sum_of(const Samples& a, const Samples& b) {
  Samples sums = a;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) sums[i] += b[i];
  return sums;
}

tl::expected<Comparison, std::string> compare(const Ggml& ggml, const ComparisonCase& of,
                                              const ComparisonOptions& options) {
  ThreadPool pool(of.threads);
  TheirThreads their_threads(ggml, pool);
  const uint64_t operands = operand_bytes(of.problem);
  const uint64_t working_set = std::max(options.working_set_bytes, operands);
  WeightPool weights(working_set, 3 * working_set);
  Workbench bench{pool, weights};
  Comparison result;
  result.of = of;
  result.work = of.problem.op == Op::gemm ? cost_of(of.problem).operations : static_cast<double>(operands);
  const auto sides = make_sides(ggml, of.problem, result.work, bench, options.kernels, options.plain_kernels);
  if (!sides) return tl::unexpected(sides.error());
  std::vector<Contender> turns;
  add_ours(*sides, result, turns);
  add_theirs(of.problem, *sides, their_threads, result, turns);
  const Host host = this_host();
  const LoadCounters before = read_load(host);
  for (uint32_t i = 0; i < options.alternations; ++i) take_turns(turns, pool, i % 2 == 1);
  result.other_load = other_share(before, read_load(host));
  return result;
}

}  // namespace weighin
