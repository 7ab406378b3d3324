// weighin run: measures this machine and keeps what it measured.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <regex>

#include "harness/cli/command.h"
#include "harness/plan.h"
#include "harness/runner.h"
#include "results/store.h"

namespace weighin {
namespace {

volatile std::sig_atomic_t interrupted = 0;

struct RunOptions {
  double budget_s = 90;
  std::string only;
  uint32_t threads = 0;
  bool list = false;
};

std::string utc_now(const Host& host) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(host.now())));
}

std::vector<PlanItem> chosen(const std::vector<PlanItem>& plan, const std::string& only) {
  if (only.empty()) return plan;
  const std::regex wanted(only, std::regex::ECMAScript | std::regex::icase);
  std::vector<PlanItem> items;
  for (const PlanItem& item : plan) {
    if (is_bound(item.problem.op) || std::regex_search(describe(item), wanted)) items.push_back(item);
  }
  return items;
}

void measure_and_keep(Invocation& invocation, const RunOptions& options, const Machine& machine,
                      const std::vector<PlanItem>& items) {
  auto store = Store::open(invocation.database, Access::write);
  if (!store) return fail(invocation, store.error());
  if (auto put = store->put_device(device_of(machine, utc_now(invocation.host))); !put)
    return fail(invocation, put.error());
  Run run;
  run.device = machine.id;
  run.program_version = WEIGHIN_VERSION;
  run.compiler = WEIGHIN_COMPILER;
  run.build = WEIGHIN_BUILD;
  run.options = fmt::format("budget={}s threads={} only={}", options.budget_s, options.threads, options.only);
  run.started_at = utc_now(invocation.host);
  run.warnings = machine.warnings;
  const auto id = store->begin_run(run);
  if (!id) return fail(invocation, id.error());

  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  // Four times the last-level cache, at least 256 MiB; of what may still be used at most a quarter.
  const uint64_t working_set =
      std::max<uint64_t>(256ull << 20, 4 * machine.topology.last_level_cache_bytes.value.value_or(0));
  const uint64_t memory_budget = usable_memory(machine.memory).bytes / 4;
  size_t shown = 0;
  const auto outcome = run_plan(
      items, this_cpu(), std::min(working_set, memory_budget), memory_budget, options.budget_s,
      [] { return interrupted != 0; },
      [&](const Measurement& measured) -> tl::expected<void, std::string> {
        Measurement row = measured;
        row.run = *id;
        row.device = machine.id;
        const auto written = store->record(row);
        if (!written) return tl::unexpected(written.error());
        return {};
      },
      [&](const RunProgress& progress) {
        if (progress.done * 20 / progress.items == shown) return;
        shown = progress.done * 20 / progress.items;
        fmt::print(stderr, "{:3}% of {} problems, {:.0f} s\n", shown * 5, progress.items, progress.elapsed_s);
      });
  if (!outcome) return fail(invocation, outcome.error());
  if (auto end = store->end_run(*id, utc_now(invocation.host), *outcome, {}); !end)
    return fail(invocation, end.error());
  fmt::print("run {} {}: kept in {}\n", *id, *outcome, invocation.database);
  if (*outcome == "interrupted") invocation.exit_code = 128 + SIGINT;
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* run = app.add_subcommand("run", "Measure this machine on all cores and keep the results");
  run->add_option("--budget", options->budget_s, "Seconds to spend")
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"ms", 1e-3}, {"s", 1}, {"m", 60}}))
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  run->add_option("--only", options->only, "Only problems that match this regular expression (see --list)");
  run->add_option("--threads", options->threads, "Threads beside one (default: all)");
  run->add_flag("--list", options->list, "List the problems, measure nothing");
  add_database_option(*run, invocation);
  run->callback([options, &invocation] {
    const Machine machine = probe_machine(invocation.host);
    const uint32_t usable = std::max(1u, machine.topology.usable_threads.value.value_or(1));
    const uint32_t threads = options->threads ? std::min(options->threads, usable) : usable;
    try {
      const auto items = chosen(make_plan(threads), options->only);
      if (!options->list) return measure_and_keep(invocation, *options, machine, items);
      for (const PlanItem& item : items) fmt::print("{}\n", describe(item));
    } catch (const std::regex_error& error) {
      fail(invocation,
           fmt::format("--only \"{}\" is no regular expression: {}", options->only, error.what()));
    }
  });
}

}  // namespace weighin
