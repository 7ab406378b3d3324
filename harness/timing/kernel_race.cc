#include "harness/timing/kernel_race.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace weighin {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// A kernel takes the place of the one that the table prefers where it is faster by this much. Smaller gains
/// lie within what a shared machine drifts by (docs/method/measuring.md), and would change from race to race.
constexpr double least_gain = 0.02;
/// The operation whose race decides for `problem`. Products of experts have none of their own: they are the
/// same functions over the same weights as plain products of one token or of many.
Op raced_for(const Problem& problem) {
  if (problem.op != Op::expert_products) return problem.op;
  return problem.n == 1 ? Op::gemv : Op::gemm;
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

/// "cpu.expert_products.q4_0.avx2.plain" of the kernel "cpu.gemv.q4_0.avx2.plain" (kernels/cpu/matrix/).
std::string of_experts(const std::string& product) {
  const size_t backend = product.find('.'), op = product.find('.', backend + 1);
  if (op == std::string::npos) return product;
  return product.substr(0, backend + 1) + std::string(op_name(Op::expert_products)) + product.substr(op);
}

}  // namespace

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
    const Op raced = raced_for(problem);
    if (!is_raced(raced) || found_.contains({raced, problem.format})) continue;
    if (over()) return;
    if (is_matrix(raced)) {
      hold_for_products(problem.format, timer, found);
    } else {
      hold_for(raced, problem.format, timer, found);
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
    const auto race = found_.find({raced_for(problem), problem.format});
    if (race == found_.end()) return kernels;
    std::string name = race->second.kernel;
    if (problem.op == Op::expert_products) name = of_experts(name);
    const auto winner = std::find_if(kernels.begin(), kernels.end(),
                                     [&](const Kernel* kernel) { return kernel->name == name; });
    if (winner != kernels.end()) std::rotate(kernels.begin(), winner, winner + 1);
    return kernels;
  };
}

}  // namespace weighin
