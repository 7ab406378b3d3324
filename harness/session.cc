#include "harness/session.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "harness/thread_counts.h"
#include "harness/watch.h"
#include "kernels/operand_memory.h"
#include "results/store.h"

namespace weighin {
namespace {

std::string utc_now(const Host& host) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(host.now())));
}

uint32_t threads_of(const Machine& machine, const SessionOptions& options) {
  const uint32_t usable = std::max(1u, machine.topology.usable_threads.value.value_or(1));
  return options.threads ? std::min(options.threads, usable) : usable;
}

uint64_t cache_bytes_of(const Machine& machine) {
  return machine.topology.last_level_cache_bytes.value.value_or(0);
}

/// Of what may still be used, a quarter for weights and as much at most for activations: the rest is the
/// system's and other programs'.
uint64_t memory_budget_of(const Machine& machine) {
  return usable_memory(machine.memory).bytes / 4;
}

/// Four times the last-level cache, at least 256 MiB, so that what is read comes from memory.
uint64_t working_set_of(const Machine& machine) {
  return std::min(std::max<uint64_t>(256ull << 20, 4 * cache_bytes_of(machine)), memory_budget_of(machine));
}

/// The options as the store keeps them: no paths.
std::string options_text(const SessionOptions& options) {
  std::string text = fmt::format("--budget {:g}s", options.budget_s);
  if (options.threads) text += fmt::format(" --threads {}", options.threads);
  if (!options.only.empty()) text += fmt::format(" --only {}", options.only);
  if (options.full) text += " --full";
  for (const std::string& flag : options.flags.given)
    text += " " + (flag.starts_with("--benchmark_out=") ? std::string("--benchmark_out=...") : flag);
  return text;
}

std::vector<std::string> opening_warnings(const Machine& machine) {
  std::vector<std::string> warnings = machine.warnings;
  const uint64_t wanted = std::max<uint64_t>(256ull << 20, 4 * cache_bytes_of(machine));
  if (working_set_of(machine) < wanted)
    warnings.push_back(fmt::format(
        "only {} MiB of memory may be used ({}): weights are read from {} MiB instead of {} MiB, and caches "
        "may flatter the speeds",
        usable_memory(machine.memory).bytes >> 20, usable_memory(machine.memory).limit,
        working_set_of(machine) >> 20, wanted >> 20));
  return warnings;
}

/// The last run of this device when it can go on: left before its end, by this version.
tl::expected<std::optional<Run>, std::string> unfinished_run(const Store& store, const std::string& device) {
  auto last = store.last_run(device);
  if (!last) return tl::unexpected(last.error());
  const bool goes_on = *last && (*last)->outcome != outcome_name(Outcome::finished) &&
                       (*last)->program_version == WEIGHIN_VERSION && (*last)->build == WEIGHIN_BUILD;
  return goes_on ? *last : std::nullopt;
}

/// The device's row, with the label given now, or before, or the machine's own.
tl::expected<void, std::string> put_device(Store& store, const Host& host, const Machine& machine,
                                           const std::string& label) {
  Device device = device_of(machine, utc_now(host));
  const auto known = store.devices();
  if (!known) return tl::unexpected(known.error());
  for (const Device& before : *known)
    if (before.id == device.id && !before.label.empty()) device.label = before.label;
  if (!label.empty()) device.label = label;
  return store.put_device(device);
}

struct Opened {
  int64_t run = 0;
  std::vector<Measurement> already;
  bool resumed = false;
};

/// A new run, or the unfinished one that goes on.
tl::expected<Opened, std::string> open_run(Store& store, const Host& host, const Machine& machine,
                                           const SessionOptions& options,
                                           const std::vector<std::string>& warnings) {
  if (options.resume) {
    const auto last = unfinished_run(store, machine.id);
    if (!last) return tl::unexpected(last.error());
    if (*last) {
      auto already = store.measurements_of_run((*last)->id);
      if (!already) return tl::unexpected(already.error());
      return Opened{(*last)->id, std::move(*already), true};
    }
  }
  Run run;
  run.device = machine.id;
  run.program_version = WEIGHIN_VERSION;
  run.compiler = WEIGHIN_COMPILER;
  run.build = WEIGHIN_BUILD;
  run.options = options_text(options);
  run.started_at = utc_now(host);
  run.warnings = warnings;
  const auto id = store.begin_run(run);
  if (!id) return tl::unexpected(id.error());
  return Opened{*id, {}, false};
}

}  // namespace

tl::expected<std::vector<PlanItem>, std::string> session_plan(const Machine& machine,
                                                              const SessionOptions& options) {
  const uint32_t threads = threads_of(machine, options);
  auto plan = make_plan({.threads = threads,
                         .other_threads = thread_counts_to_try(machine.topology, threads),
                         .working_set_bytes = working_set_of(machine),
                         .extent = options.full ? Extent::full : Extent::normal});
  if (options.only.empty()) return plan;
  try {
    const std::regex wanted(options.only, std::regex::ECMAScript | std::regex::icase);
    std::erase_if(plan, [&, simd = this_cpu()](const PlanItem& item) {
      return !is_bound(item.problem.op) && !std::regex_search(describe(item, simd), wanted);
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

  keep_operand_memory(memory_budget_of(machine));
  const RunSettings settings{.kernels = kernels_here(),
                             .working_set_bytes = working_set_of(machine),
                             .memory_budget_bytes = memory_budget_of(machine),
                             .cache_bytes = cache_bytes_of(machine),
                             .storage_folder = models_folder(host).string(),
                             .budget_s = options.budget_s,
                             .flags = options.flags};
  const auto record = [&](const Measurement& measured) -> tl::expected<void, std::string> {
    Measurement row = measured;
    row.run = result.run;
    row.device = machine.id;
    if (auto written = store->record(row); !written) return tl::unexpected(written.error());
    return {};
  };
  const LoadCounters before = read_load(host);
  const auto outcome = run_plan(items, opened->already, settings, {stop, record, progress});
  if (!outcome) return tl::unexpected(outcome.error());
  result.outcome = *outcome;

  for (std::string& warning :
       load_warnings(before, read_load(host), machine.topology.threads.value.value_or(1)))
    result.warnings.push_back(std::move(warning));
  const auto rows = store->measurements_of_run(result.run);
  if (!rows) return tl::unexpected(rows.error());
  for (const Measurement& row : *rows) ++result.rows[static_cast<size_t>(row.status)];
  result.scaling = slab_scaling(*rows, settings.working_set_bytes);
  if (result.scaling && result.scaling->pairs >= least_slab_pairs &&
      std::abs(result.scaling->mid - 1) > most_slab_error)
    result.warnings.push_back(
        fmt::format("whole matrices take {:.2f} times what their slabs say", result.scaling->mid));
  if (auto end =
          store->end_run(result.run, utc_now(host), std::string(outcome_name(*outcome)), result.warnings);
      !end)
    return tl::unexpected(end.error());
  return result;
}

}  // namespace weighin
