#include "harness/timing/kernel_race.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double never = std::numeric_limits<double>::infinity();

/// How many instruction sets take part, the best ones first. An older set of narrower registers has never
/// won.
constexpr size_t sets_in_race = 3;
/// A kernel takes the place of the one that the table prefers where it is faster by this much. Smaller gains
/// lie within what a shared machine drifts by (docs/method/measuring.md), and would change from race to race.
constexpr double least_gain = 0.02;
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
/// Layouts of weights that contestants may have: packed and plain for each set. One more is left for what a
/// check needs.
constexpr uint64_t most_layouts = 2 * sets_in_race + 1;
/// Each kernel is timed in this many rounds, for so long in each. Its time is the least: other programs make
/// a round longer, never shorter, and all kernels have as many rounds.
constexpr int rounds = 9;
constexpr double round_s = 0.4e-3;
constexpr unsigned most_runs = 64;
/// A kernel whose first run takes so much longer than the fastest one's is not timed further.
constexpr double hopeless = 2;
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

bool is_raced(Op op) {
  return is_matrix(op) || is_attention(op);
}

bool asks_ahead(const Kernel& kernel) {
  return kernel.ahead.bytes > 0;
}

/// The kernels of the best sets. Ways of asking ahead are raced later, for the set that has won.
std::vector<const Kernel*> contestants(const std::vector<const Kernel*>& kernels) {
  std::vector<const Kernel*> chosen;
  std::vector<Isa> sets;
  for (const Kernel* kernel : kernels) {
    if (asks_ahead(*kernel)) continue;
    if (std::find(sets.begin(), sets.end(), kernel->isa) == sets.end()) {
      if (sets.size() == sets_in_race) break;
      sets.push_back(kernel->isa);
    }
    chosen.push_back(kernel);
  }
  return chosen;
}

/// The other ways in which `kernel` may ask for its weights, itself first.
std::vector<const Kernel*> ways_of(const Kernel& kernel, const std::vector<const Kernel*>& kernels) {
  std::vector<const Kernel*> ways{&kernel};
  for (const Kernel* other : kernels)
    if (asks_ahead(*other) && other->matrix == kernel.matrix) ways.push_back(other);
  return ways;
}

/// Kernels and their seconds; the one that the table prefers first.
struct Ranking {
  std::vector<const Kernel*> kernels;
  std::vector<double> seconds;

  /// The first, or one that is faster by least_gain; nullopt where none computes.
  std::optional<size_t> winner() const {
    if (seconds.empty()) return {};
    const auto fastest =
        static_cast<size_t>(std::min_element(seconds.begin(), seconds.end()) - seconds.begin());
    if (seconds[fastest] == never) return {};
    return seconds[fastest] * (1 + least_gain) < seconds[0] ? fastest : 0;
  }
  std::optional<size_t> runner_up(size_t winner) const {
    std::optional<size_t> next;
    for (size_t i = 0; i < seconds.size(); ++i)
      if (i != winner && seconds[i] != never && (!next || seconds[i] < seconds[*next])) next = i;
    return next;
  }
};

std::optional<KernelRace> result_of(const Ranking& ranking, Op op, FormatId format) {
  const auto winner = ranking.winner();
  if (!winner) return {};
  KernelRace race{.device = "",
                  .op = op,
                  .format = format,
                  .kernel = ranking.kernels[*winner]->name,
                  .runner_up = "",
                  .margin = 0,
                  .seconds = ranking.seconds[*winner],
                  .raced_at = ""};
  if (const auto next = ranking.runner_up(*winner)) {
    race.runner_up = ranking.kernels[*next]->name;
    race.margin = ranking.seconds[*next] / ranking.seconds[*winner] - 1;
  }
  return race;
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
    runners[i].runs =
        static_cast<unsigned>(std::clamp(round_s / std::max(first[i], 1e-9), 1.0, double{most_runs}));
  }
  const double fastest = first.empty() ? never : *std::min_element(first.begin(), first.end());
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

KernelRaces::KernelRaces(KernelChoice kernels, std::vector<KernelRace> known) : kernels_(std::move(kernels)) {
  for (KernelRace& race : known) {
    const auto here = kernels_({.op = race.op, .format = race.format});
    const bool runs_here = std::any_of(here.begin(), here.end(),
                                       [&](const Kernel* kernel) { return kernel->name == race.kernel; });
    if (runs_here) found_.emplace(Key{race.op, race.format}, std::move(race));
  }
}

void KernelRaces::hold(std::span<const Problem> problems, const RaceTimer& timer,
                       const std::function<bool()>& over,
                       const std::function<void(const KernelRace&)>& found) {
  for (const Problem& problem : problems) {
    if (!is_raced(problem.op) || found_.contains({problem.op, problem.format})) continue;
    if (over()) return;
    if (is_matrix(problem.op)) {
      hold_for_products(problem.format, timer, found);
    } else {
      hold_for(problem.op, problem.format, timer, found);
    }
  }
}

void KernelRaces::hold_for(Op op, FormatId format, const RaceTimer& timer,
                           const std::function<void(const KernelRace&)>& found) {
  Ranking ranking{contestants(kernels_({.op = op, .format = format})), {}};
  if (ranking.kernels.size() < 2) return;
  ranking.seconds = timer(ranking.kernels, {.op = op, .format = format});
  const auto race = result_of(ranking, op, format);
  if (!race) return;
  found_[{op, format}] = *race;
  found(*race);
}

/// An engine holds its weights once, so products of one token and of many read one layout: that whose best
/// two kernels take the shortest times, multiplied with each other.
void KernelRaces::hold_for_products(FormatId format, const RaceTimer& timer,
                                    const std::function<void(const KernelRace&)>& found) {
  constexpr Op ops[] = {Op::gemv, Op::gemm};
  std::vector<const Kernel*> all[2];
  Ranking rankings[2];
  for (int i = 0; i < 2; ++i) {
    all[i] = kernels_({.op = ops[i], .format = format});
    rankings[i].kernels = contestants(all[i]);
    rankings[i].seconds = timer(rankings[i].kernels, {.op = ops[i], .format = format});
  }
  const auto best_in = [](const Ranking& ranking, const Packing& packing) {
    double best = never;
    for (size_t i = 0; i < ranking.kernels.size(); ++i)
      if (ranking.kernels[i]->packing == packing) best = std::min(best, ranking.seconds[i]);
    return best;
  };
  std::optional<Packing> packing;
  double least = never;
  for (const Kernel* kernel : rankings[0].kernels) {
    const Packing& of_kernel = kernel->packing;
    const double product = best_in(rankings[0], of_kernel) * best_in(rankings[1], of_kernel);
    // The first layout is the table's, which only a true gain replaces.
    if (product == never || (packing && product * (1 + least_gain) >= least)) continue;
    packing = of_kernel;
    least = product;
  }
  if (!packing) return;
  for (int i = 0; i < 2; ++i) {
    Ranking in_layout;
    for (size_t j = 0; j < rankings[i].kernels.size(); ++j) {
      if (!(rankings[i].kernels[j]->packing == *packing)) continue;
      in_layout.kernels.push_back(rankings[i].kernels[j]);
      in_layout.seconds.push_back(rankings[i].seconds[j]);
    }
    const auto winner = in_layout.winner();
    if (!winner) continue;
    auto race = result_of(in_layout, ops[i], format);
    // The winner may ask for its weights in several ways.
    Ranking ways{ways_of(*in_layout.kernels[*winner], all[i]), {}};
    if (ways.kernels.size() > 1) {
      ways.seconds = timer(ways.kernels, {.op = ops[i], .format = format});
      race = result_of(ways, ops[i], format);
    }
    // A kernel that is alone in the layout is kept too where the table would take another layout.
    if (!race || (race->runner_up.empty() && race->kernel == all[i].front()->name)) continue;
    found_[{ops[i], format}] = *race;
    found(*race);
  }
}

KernelChoice KernelRaces::choice() const {
  return [this](const Problem& problem) {
    std::vector<const Kernel*> kernels = kernels_(problem);
    const auto race = found_.find({problem.op, problem.format});
    if (race == found_.end()) return kernels;
    const auto winner = std::find_if(kernels.begin(), kernels.end(), [&](const Kernel* kernel) {
      return kernel->name == race->second.kernel;
    });
    if (winner != kernels.end()) std::rotate(kernels.begin(), winner, winner + 1);
    return kernels;
  };
}

}  // namespace weighin
