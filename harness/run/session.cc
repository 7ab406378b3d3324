#include "harness/run/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <regex>

#include "harness/plan/thread_counts.h"
#include "harness/run/measure_gpus.h"
#include "harness/run/memory_shares.h"
#include "harness/run/not_reached.h"
#include "harness/run/open_run.h"
#include "harness/run/watch.h"
#include "harness/timing/arithmetic_rates.h"
#include "harness/timing/kernel_race.h"
#include "kernels/operands/operand_memory.h"
#include "kernels/table/all_kernels.h"
#include "models/text/utc_time.h"
#include "probes/system/storage.h"
#include "results/store/store.h"

namespace weighin {
namespace {

/// Formats whose weights `verify` holds at once: those of a model's products and embeddings, and its cache's.
constexpr uint32_t buffers_of_every_item = 6;

/// The most of a run's budget that races between kernels take. They take 2 s where every format is raced (two
/// cores of Sapphire Rapids, 2026-11-30).
constexpr double race_share = 0.1;
/// Results of races are kept for later runs where other programs took no more than this share of the cores
/// meanwhile. Judgement: beside more, one kernel is disturbed and the other is not.
constexpr double most_other_load = 0.25;

/// Holds the races that `items` need and that this device's database has no result of.
tl::expected<void, std::string> race_kernels(const Host& host, const Machine& machine,
                                             std::span<const PlanItem> items, const SessionOptions& options,
                                             const std::function<bool()>& stop, Store& store,
                                             KernelRaces& races) {
  std::vector<Problem> problems;
  uint32_t threads = 1;
  for (const PlanItem& item : items) {
    problems.push_back(item.problem);
    threads = std::max(threads, item.threads);
  }
  const auto begin = std::chrono::steady_clock::now();
  const LoadCounters before = read_load(host);
  std::vector<KernelRace> held;
  races.hold(
      problems, race_timer(threads, memory_budget_of(machine)),
      [&] {
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        return stop() || (!options.every_item && passed.count() > race_share * options.budget_s);
      },
      [&](KernelRace race) {
        race.device = machine.id;
        race.raced_at = utc_text(host.now());
        held.push_back(std::move(race));
      });
  if (other_share(before, read_load(host), machine.topology.threads.value.value_or(1)) > most_other_load)
    return {};
  for (const KernelRace& race : held)
    if (auto written = store.put_race(race); !written) return tl::unexpected(written.error());
  return {};
}

/// Whether the row says that time ended before its problem was reached.
bool was_not_reached(const Measurement& row) {
  return row.status == Status::skipped && (row.reason == "budget" || row.reason == "interrupted");
}

}  // namespace

tl::expected<std::vector<PlanItem>, std::string> session_plan(const Machine& machine,
                                                              const SessionOptions& options) {
  const uint32_t threads = threads_of(machine, options);
  auto plan = make_plan({.threads = threads,
                         .other_threads = thread_counts_to_try(machine.topology, threads),
                         .working_set_bytes = working_set_of(machine),
                         .extent = options.full ? Extent::full : Extent::normal,
                         .rates = measure_arithmetic(options.kernels, threads)});
  if (options.only.empty()) return plan;
  try {
    const std::regex wanted(options.only, std::regex::ECMAScript | std::regex::icase);
    std::erase_if(plan, [&](const PlanItem& item) {
      return !is_bound(item.problem.op) &&
             !std::regex_search(describe_item(item, options.kernels(item.problem)), wanted);
    });
    return plan;
  } catch (const std::regex_error& error) {
    return tl::unexpected(
        fmt::format("--only \"{}\" is no regular expression: {}", options.only, error.what()));
  }
}

tl::expected<SessionResult, std::string> run_session(
    const Host& host, const Machine& machine, const std::string& database, const std::vector<PlanItem>& items,
    const SessionOptions& options, const std::function<bool()>& stop,
    const std::function<void(const RunProgress&)>& progress) {
  auto store = Store::open(database, Access::write);
  if (!store) return tl::unexpected(store.error());
  if (auto put = put_device(*store, host, machine, options.label); !put) return tl::unexpected(put.error());
  SessionResult result;
  result.warnings = opening_warnings(machine);
  const auto opened = open_run(*store, host, machine, options, result.warnings);
  if (!opened) return tl::unexpected(opened.error());
  result.run = opened->run;
  result.resumed = opened->resumed;

  const auto begin = std::chrono::steady_clock::now();
  keep_operand_memory(memory_budget_of(machine));
  auto known_races = store->races(machine.id);
  if (!known_races) return tl::unexpected(known_races.error());
  KernelRaces races(options.kernels, std::move(*known_races));
  if (auto raced = race_kernels(host, machine, items, options, stop, *store, races); !raced)
    return tl::unexpected(raced.error());
  const std::chrono::duration<double> raced_s = std::chrono::steady_clock::now() - begin;
  const double of_cpu_s =
      options.budget_s * (1 - (gpus_to_measure(machine, options).empty() ? 0 : gpu_share));
  const RunSettings settings{.kernels = races.choice(),
                             .working_set_bytes = working_set_of(machine),
                             .least_working_set_bytes = least_working_set(items),
                             .weight_buffers = options.every_item ? buffers_of_every_item : 1,
                             .memory_budget_bytes = memory_budget_of(machine),
                             .cache_bytes = cache_bytes_of(machine),
                             .storage_folder = models_folder(host).string(),
                             .budget_s = std::max(0.0, of_cpu_s - raced_s.count()),
                             .every_item = options.every_item,
                             .flags = options.flags};
  std::vector<Measurement> not_reached;
  const auto keep = [&](Measurement row) -> tl::expected<void, std::string> {
    row.run = result.run;
    row.device = machine.id;
    if (auto written = store->record(row); !written) return tl::unexpected(written.error());
    return {};
  };
  const auto record = [&](const Measurement& row) -> tl::expected<void, std::string> {
    if (!was_not_reached(row)) return keep(row);
    not_reached.push_back(row);
    return {};
  };
  const LoadCounters before = read_load(host);
  std::vector<Measurement> of_cpu;
  std::copy_if(opened->already.begin(), opened->already.end(), std::back_inserter(of_cpu),
               [](const Measurement& m) { return m.gpu.empty(); });
  const auto outcome = run_plan(items, of_cpu, settings,
                                {stop, record, progress, [&](std::span<const WorkingSetTrial> trials) {
                                   result.working_set.assign(trials.begin(), trials.end());
                                 }});
  if (!outcome) return tl::unexpected(outcome.error());
  result.outcome = *outcome;
  if (options.flags.given.empty()) {
    const auto gpus = measure_gpus(host, machine, options, *store, record, *opened, stop, progress, result);
    if (!gpus) return tl::unexpected(gpus.error());
  }
  std::vector<Measurement> of_cpu_alone;
  std::copy_if(not_reached.begin(), not_reached.end(), std::back_inserter(of_cpu_alone),
               [](const Measurement& row) { return row.gpu.empty(); });
  if (std::string sentence = sentence_of_not_reached(items, of_cpu_alone); !sentence.empty())
    result.warnings.push_back(std::move(sentence));
  const size_t lacking = not_reached.size();
  const std::vector<Measurement> told = rows_of_not_reached(std::move(not_reached));
  for (const Measurement& row : told)
    if (auto kept = keep(row); !kept) return tl::unexpected(kept.error());

  for (std::string& warning :
       load_warnings(before, read_load(host), machine.topology.threads.value.value_or(1)))
    result.warnings.push_back(std::move(warning));
  const auto rows = store->measurements_of_run(result.run);
  if (!rows) return tl::unexpected(rows.error());
  for (const Measurement& row : *rows) ++result.rows[static_cast<size_t>(row.status)];
  result.rows[static_cast<size_t>(Status::skipped)] += lacking - told.size();
  result.scaling = slab_scaling(*rows, settings.working_set_bytes);
  if (result.scaling && result.scaling->pairs >= least_slab_pairs &&
      std::abs(result.scaling->mid - 1) > most_slab_error)
    result.warnings.push_back(
        fmt::format("whole matrices take {:.2f} times what their slabs say", result.scaling->mid));
  if (auto end = store->end_run(result.run, utc_text(host.now()), std::string(outcome_name(result.outcome)),
                                result.warnings);
      !end)
    return tl::unexpected(end.error());
  return result;
}

}  // namespace weighin
