#include "harness/timing/runner.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>

#include "harness/timing/benchmark_list.h"
#include "harness/timing/statistics.h"
#include "kernels/vulkan/gpu_bench.h"

namespace weighin {
namespace {

/// A sample that takes longer than this is long (samples_of_long).
constexpr double long_sample_s = 5e-3;
/// An item whose samples differ by more than this (half the width of the median's interval, relative to it)
/// gets more of them at once, while its operands are in place: up to so many, and for so large a part of its
/// share of the time that is left. The rest is for items that take longer than others, and for narrowing.
constexpr double alike_enough = 0.05, part_of_share = 0.5;
constexpr unsigned most_first_samples = 25;
/// For how long disturbed timings of one item are taken again, and for how long where time is short.
constexpr double again_s = 0.04, again_s_in_haste = 0.01;
/// How many samples are added each time an interval is narrowed, and the most samples that are kept of one
/// item.
constexpr unsigned more_samples = 10;
constexpr size_t most_samples = 200;
/// What takes longer than this is not sampled further: one such item would take as much time as hundreds of
/// others.
constexpr double longest_narrowed_s = 0.2;
/// Intervals whose half width, relative to the median, is at most the last of these are left alone: a shared
/// machine drifts by as much. Those above the first are narrowed first, then those above the second.
constexpr std::array narrow_enough{0.15, 0.05, 0.02};

/// An item and what is known of it.
struct Entry {
  PlanItem item;
  Measurement result;
  std::vector<double> fractions;  // of the bound, one for each sample of this run
  bool reached = false;

  /// Half the width of the interval of what two runs are compared by: the fraction of the bound, where there
  /// is one.
  double spread() const { return fractions.empty() ? result.spread : median_spread(fractions); }
};

class Runner {
 public:
  Runner(std::span<const PlanItem> items, std::span<const Measurement> already, const RunSettings& settings,
         const RunHooks& hooks)
      : settings_(settings),
        hooks_(hooks),
        begin_s_(settings.now_s()),
        weights_(settings.working_set_bytes, std::min(settings.memory_budget_bytes,
                                                      settings.weight_buffers * settings.working_set_bytes)) {
    std::map<std::pair<Problem, uint32_t>, const Measurement*> known;
    for (const Measurement& m : already)
      if (m.status == Status::measured) known[{m.problem, m.threads}] = &m;
    for (const PlanItem& item : items) {
      entries_.push_back({item, unmeasured(item, settings.kernels, Status::skipped, ""), {}, false});
      const auto found = known.find({item.problem, item.threads});
      // Bounds are measured again, since the machine may be faster or slower in this part of the run.
      if (found == known.end() || is_bound(item.problem.op)) continue;
      entries_.back().result = *found->second;
      entries_.back().result.size_classes = item.size_classes;
      entries_.back().reached = true;
    }
  }

  tl::expected<Outcome, std::string> run() {
    find_memory();
    measure_once();
    if (outcome_ == Outcome::finished && settings_.flags.given.empty()) narrow();
    if (!failure_.empty()) return tl::unexpected(failure_);
    return outcome_;
  }

 private:
  double elapsed_s() const { return settings_.now_s() - begin_s_; }

  /// Sets the working set where that is asked for, with the largest team of the plan.
  void find_memory() {
    uint32_t threads = 1;
    for (const Entry& entry : entries_) threads = std::max(threads, entry.item.threads);
    if (settings_.least_working_set_bytes == 0 || hooks_.stop()) return;
    context_for(threads);
    const auto trials = find_working_set(*bench_, settings_.kernels, settings_.least_working_set_bytes);
    if (hooks_.working_set) hooks_.working_set(trials);
  }

  /// Measures `entry` with `samples`, or as Google Benchmark's flags say.
  TimedBenchmark benchmark_of(Entry& entry, unsigned samples) {
    return {benchmark_name(entry.item, settings_.kernels), samples, [this, &entry] { return begin(entry); },
            [this, &entry] { return sample(entry); }, [this, &entry] { finish(entry); }};
  }

  /// Measures `entry` for the first time: the least number of samples, and more where they differ.
  TimedBenchmark first_benchmark_of(Entry& entry) {
    if (!settings_.flags.given.empty()) return benchmark_of(entry, samples_of(entry.item.problem));
    TimedBenchmark benchmark = benchmark_of(entry, 1);
    benchmark.sample = [this, &entry] {
      const double first_s = sample(entry), more_s = time_for_more_s();
      // Where time is short, few samples of each item say more than many of some.
      const unsigned least =
          first_s > long_sample_s || more_s <= 0 ? samples_of_long : samples_of(entry.item.problem);
      double least_until_s = 0;  // when the least samples had been taken
      for (unsigned taken = 1; taken < most_first_samples && !gpu_failed(); ++taken) {
        if (taken == least) least_until_s = elapsed_s();
        entry.result.spread = median_spread(entry.result.samples);
        const bool enough = entry.spread() <= alike_enough || elapsed_s() - least_until_s > more_s;
        if (taken >= least && enough) break;
        sample(entry);
      }
      more_s_ += least_until_s > 0 ? elapsed_s() - least_until_s : 0;
      return first_s;
    };
    return benchmark;
  }

  double sample(Entry& entry) {
    const double seconds = timed_->sample();
    if (gpu_failed()) return 0;
    entry.result.samples.push_back(seconds);
    if (!timed_->fractions().empty()) entry.fractions.push_back(timed_->fractions().back());
    return seconds;
  }

  /// How long more samples may be taken of an item: its part of the time that will be left when every item
  /// has taken as long as those so far took without such samples.
  double time_for_more_s() const {
    size_t reached = 0;
    for (const Entry& entry : entries_) reached += entry.reached;
    const auto left = static_cast<double>(std::max<size_t>(1, entries_.size() - reached));
    const double least_s = (elapsed_s() - more_s_) / static_cast<double>(std::max<size_t>(1, reached));
    return part_of_share * std::max(0.0, (settings_.budget_s - elapsed_s()) / left - least_s);
  }

  void measure_once() {
    std::vector<TimedBenchmark> benchmarks;
    for (Entry& entry : entries_)
      if (!entry.reached) benchmarks.push_back(first_benchmark_of(entry));
    run_benchmarks(benchmarks, settings_.flags);
    timed_.reset();
  }

  void narrow() {
    narrowing_ = true;
    for (const double enough : narrow_enough)
      while (narrow_to(enough)) {
      }
  }

  /// Adds samples to each entry whose interval is wider than `enough`, once. Returns whether there was any,
  /// and there is time to go on.
  bool narrow_to(double enough) {
    bool any = false;
    for (Entry& entry : entries_) {
      const Measurement& m = entry.result;
      const bool wide = entry.spread() > enough && m.seconds < longest_narrowed_s;
      if (m.status != Status::measured || !wide || m.samples.size() >= most_samples) continue;
      const std::string ended = over();
      if (ended == "interrupted") outcome_ = Outcome::interrupted;
      if (!ended.empty() || !failure_.empty()) return false;
      any = true;
      run_benchmarks({benchmark_of(entry, more_samples)}, settings_.flags);
      timed_.reset();
    }
    return any;
  }

  /// Why nothing more is measured; empty while there is time.
  std::string over() const {
    if (hooks_.stop()) return "interrupted";
    return elapsed_s() > settings_.budget_s ? "budget" : "";
  }

  /// Makes the entry's kernel ready. Error: why it is not measured, which is recorded.
  tl::expected<void, std::string> begin(Entry& entry) {
    if (!failure_.empty()) return tl::unexpected(failure_);
    if (current_ == &entry && timed_) return {};  // another repetition
    timed_.reset();
    const std::string ended = over();
    const bool whatever_the_budget = settings_.every_item || is_bound(entry.item.problem.op);
    if (!ended.empty() && !(ended == "budget" && whatever_the_budget)) {
      if (outcome_ == Outcome::finished)
        outcome_ = ended == "budget" ? Outcome::budget : Outcome::interrupted;
      return give_up(entry, unmeasured(entry.item, settings_.kernels, Status::skipped, ended));
    }
    show(entry);
    std::vector<Measurement> wrong;
    auto timed = TimedItem::prepare(entry.item, context_for(entry.item.threads), wrong);
    if (gpu_failed()) return tl::unexpected(failure_);
    for (const Measurement& row : wrong) keep(row);
    if (!timed) return give_up(entry, timed.error());
    timed_ = std::make_unique<TimedItem>(std::move(*timed));
    current_ = &entry;
    entry.result.kernel = timed_->kernel();
    entry.result.error = timed_->error();
    return {};
  }

  tl::expected<void, std::string> give_up(Entry& entry, const Measurement& reason) {
    if (entry.result.status != Status::measured) {  // an earlier measurement is kept
      entry.result = reason;
      entry.reached = true;
      keep(entry.result);
    }
    return tl::unexpected(reason.reason);
  }

  /// Whether the GPU is lost or hangs, so that nothing more can be measured on it.
  bool gpu_failed() {
    if (failure_.empty() && settings_.gpu != nullptr) failure_ = settings_.gpu->gpu.failure();
    return !failure_.empty() && settings_.gpu != nullptr;
  }

  void finish(Entry& entry) {
    if (gpu_failed()) return;
    Measurement& m = entry.result;
    m.seconds = median(m.samples);
    m.spread = median_spread(m.samples);
    m.status = Status::measured;
    m.reason.clear();
    if (!entry.fractions.empty()) m.roofline_fraction = median(entry.fractions);
    if (is_bound(m.problem.op)) {
      const Cost cost = cost_of(m.problem);
      bounds_[m.threads][m.problem.op] = (cost.operations > 0 ? cost.operations : cost.bytes()) / m.seconds;
    }
    entry.reached = true;
    keep(m);
  }

  void keep(const Measurement& row) {
    if (!failure_.empty()) return;
    if (auto written = hooks_.record(row); !written) failure_ = written.error();
  }

  MeasureContext context_for(uint32_t threads) {
    if (!pool_ || pool_threads_ != threads) {
      bench_.reset();
      pool_.reset();  // a team that only spins would take cores from the next one
      pool_ = std::make_unique<ThreadPool>(threads);
      pool_threads_ = threads;
      bench_ = std::make_unique<Workbench>(Workbench{.pool = *pool_,
                                                     .weights = weights_,
                                                     .storage_folder = settings_.storage_folder,
                                                     .seed = 1,
                                                     .gpu = settings_.gpu});
    }
    return {*bench_,
            settings_.kernels,
            settings_.cache_bytes,
            settings_.memory_budget_bytes,
            bounds_[threads],
            checked_[threads],
            time_for_more_s() > 0 || narrowing_ ? again_s : again_s_in_haste};
  }

  void show(const Entry& entry) {
    const auto done = static_cast<size_t>(
        std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.reached; }));
    const double passed = elapsed_s(), budget_left = std::max(0.0, settings_.budget_s - passed);
    hooks_.progress({narrowing_ ? RunProgress::Phase::narrowing : RunProgress::Phase::measuring, done,
                     entries_.size(), passed, budget_left, describe(entry.item.problem), &entry.item});
  }

  const RunSettings& settings_;
  const RunHooks& hooks_;
  double begin_s_;
  WeightPool weights_;
  std::vector<Entry> entries_;
  std::unique_ptr<ThreadPool> pool_;
  uint32_t pool_threads_ = 0;  // the number that was asked for
  std::unique_ptr<Workbench> bench_;
  std::map<uint32_t, Bounds> bounds_;
  std::map<uint32_t, std::map<std::string, std::string>> checked_;  // by threads, then kernel
  std::unique_ptr<TimedItem> timed_;                                // of current_
  const Entry* current_ = nullptr;
  double more_s_ = 0;  // spent on more than the least samples, in the first pass
  bool narrowing_ = false;
  Outcome outcome_ = Outcome::finished;
  std::string failure_;
};

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return "finished";
    case Outcome::budget:
      return "budget";
    case Outcome::interrupted:
      return "interrupted";
  }
  return "interrupted";
}

tl::expected<Outcome, std::string> run_plan(std::span<const PlanItem> items,
                                            std::span<const Measurement> already, const RunSettings& settings,
                                            const RunHooks& hooks) {
  return Runner(items, already, settings, hooks).run();
}

}  // namespace weighin
