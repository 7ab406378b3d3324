#include "harness/timing/race_timer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double never = std::numeric_limits<double>::infinity();

/// The weights of a race: twice the last-level cache that most processors give to a core's neighbours, so
/// that they come from memory. Judgement; larger ones take longer to fill than to race over.
constexpr uint64_t race_bytes = uint64_t{64} << 20;
/// Where ways of asking ahead are raced, all of one layout, weights come from memory for certain: 64 MiB may
/// lie in a level-3 cache of a server (Sapphire Rapids shows 260 MiB), from where other distances are best (2
/// KiB and not 4).
constexpr uint64_t memory_bytes = uint64_t{288} << 20;
/// Weights that each thread reads in one product of one token. All threads together read a quarter of the
/// weights.
constexpr uint64_t thread_bytes = uint64_t{2} << 20;
/// Layouts of weights that contestants may have: packed and plain for each of the sets that race. One more is
/// left for what a check needs.
constexpr uint64_t most_layouts = 2 * sets_in_race + 1;
/// Each kernel is timed in this many rounds, for so long in each. Its time is the least: other programs make
/// a round longer, never shorter, and all kernels have as many rounds.
constexpr int rounds = 9;
constexpr double round_s = 0.4e-3;
constexpr unsigned most_runs = 64;
/// A kernel whose first runs take so much longer than the fastest one's is not timed further.
constexpr double hopeless = 2;
/// The first runs of a kernel that seems hopeless: one alone may have been interrupted. A fast kernel of q8_0
/// that was judged by one lost every sixth race on a machine that it shared with others.
constexpr int first_runs = 4;
constexpr uint32_t sampled_outputs = 16;

/// A problem of a typical size that takes tenths of a millisecond on each of `threads` threads.
Problem raced_problem(Op op, FormatId format, uint32_t threads, uint64_t working_set_bytes) {
  Problem problem{.op = op, .format = format};
  switch (op) {
    case Op::gemv:
      // 2 MiB of weights a thread, in whole pieces of 32 rows, which every thread takes.
      problem.k = 4096;
      problem.n = 1;
      problem.m = std::max<uint64_t>(
          1, std::min(thread_bytes, working_set_bytes / (2 * threads)) / row_bytes(format, problem.k) / 32);
      problem.m *= uint64_t{32} * threads;
      break;
    case Op::gemm:
      // 50 million operations a thread, of rows that are long enough to be multiplied in parts.
      problem.k = 2048;
      problem.n = 96;
      problem.m = uint64_t{128} * threads;
      break;
    case Op::attention:
      problem.k = 128;
      problem.heads = 16 * threads;
      problem.kv_heads = 4 * threads;
      problem.context = 1024;
      break;
    case Op::prefill_attention:
      problem.k = 128;
      problem.heads = 4 * threads;
      problem.kv_heads = threads;
      problem.n = problem.context = 64;
      break;
    default:
      break;
  }
  return problem;
}

/// One kernel made ready by one team.
struct Runner {
  std::unique_ptr<Prepared> prepared;
  unsigned runs = 1;
  std::vector<double> samples;
};

double seconds_of(Prepared& prepared, unsigned runs) {
  const auto begin = Clock::now();
  for (unsigned i = 0; i < runs; ++i) prepared.run();
  return std::chrono::duration<double>(Clock::now() - begin).count() / runs;
}

/// Moves the start of contestant `i` of `count` on in the weights. All begin at their start, and one that
/// follows another there would read from a cache what the other has fetched from memory.
void set_apart(Prepared& prepared, const Problem& problem, size_t i, size_t count,
               uint64_t working_set_bytes) {
  if (problem.op != Op::gemv) return;
  const uint64_t slab = row_bytes(problem.format, problem.k) * problem.m;
  const uint64_t runs = working_set_bytes / count * i / std::max<uint64_t>(1, slab);
  for (uint64_t run = 0; run < runs; ++run) prepared.run();
}

std::vector<double> time_on(ThreadPool& pool, WeightPool& weights, std::span<const Kernel* const> kernels,
                            const Problem& problem) {
  Workbench bench{.pool = pool, .weights = weights};
  std::vector<Runner> runners(kernels.size());
  std::vector<double> first(kernels.size(), never);
  for (size_t i = 0; i < kernels.size(); ++i) {
    auto prepared = kernels[i]->prepare(problem, bench);
    if (!prepared || !(*prepared)->check(sampled_outputs).right()) continue;
    runners[i].prepared = std::move(*prepared);
    set_apart(*runners[i].prepared, problem, i, kernels.size(), weights.working_set_bytes());
    first[i] = seconds_of(*runners[i].prepared, 1);
  }
  const double fastest = first.empty() ? never : *std::min_element(first.begin(), first.end());
  for (size_t i = 0; i < kernels.size(); ++i) {
    for (int run = 1; run < first_runs && runners[i].prepared && first[i] > hopeless * fastest; ++run)
      first[i] = std::min(first[i], seconds_of(*runners[i].prepared, 1));
    runners[i].runs =
        static_cast<unsigned>(std::clamp(round_s / std::max(first[i], 1e-9), 1.0, double{most_runs}));
  }
  pool.run([](uint32_t) {});  // wakes the team
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < kernels.size(); ++i) {
      // Every second round is in reverse order, so that no kernel always follows the same one.
      Runner& runner = runners[round % 2 ? kernels.size() - 1 - i : i];
      if (!runner.prepared || first[static_cast<size_t>(&runner - runners.data())] > hopeless * fastest)
        continue;
      runner.samples.push_back(seconds_of(*runner.prepared, runner.runs));
    }
  }
  std::vector<double> seconds = first;
  for (size_t i = 0; i < kernels.size(); ++i)
    if (!runners[i].samples.empty())
      seconds[i] = *std::min_element(runners[i].samples.begin(), runners[i].samples.end());
  return seconds;
}

}  // namespace

RaceTimer race_timer(uint32_t threads, uint64_t budget_bytes) {
  // Both teams read the same weights. A copyable function needs shared state. The pool holds the layouts of
  // all contestants at once, since it gives the oldest buffer back, used or not, where it has no room for
  // another.
  const uint64_t least = 4 * thread_bytes * threads;
  const uint64_t small_bytes = std::min(std::max(race_bytes, least), budget_bytes / (2 * most_layouts));
  const uint64_t large_bytes = std::min(std::max(memory_bytes, least), budget_bytes / 2);
  auto small = std::make_shared<WeightPool>(small_bytes, most_layouts * small_bytes);
  auto large = std::make_shared<WeightPool>(large_bytes, large_bytes);
  return [threads, small, large](std::span<const Kernel* const> kernels, const Problem& problem) {
    const bool one_layout =
        problem.op == Op::gemv && std::all_of(kernels.begin(), kernels.end(), [&](const Kernel* kernel) {
          return kernel->matrix == kernels.front()->matrix;
        });
    WeightPool& weights = one_layout ? *large : *small;
    std::vector<double> seconds;
    {
      ThreadPool alone(1);
      seconds = time_on(alone, weights, kernels,
                        raced_problem(problem.op, problem.format, 1, weights.working_set_bytes()));
    }
    if (threads < 2) return seconds;
    ThreadPool all(threads);
    const auto together =
        time_on(all, weights, kernels,
                raced_problem(problem.op, problem.format, threads, weights.working_set_bytes()));
    for (size_t i = 0; i < seconds.size(); ++i) seconds[i] = std::sqrt(seconds[i] * together[i]);
    return seconds;
  };
}

}  // namespace weighin
