#include "harness/run/open_run.h"

#include <fmt/format.h>

#include <optional>

#include "harness/run/memory_shares.h"
#include "models/text/utc_time.h"

namespace weighin {
namespace {

/// The options as the store keeps them, without paths.
std::string options_text(const SessionOptions& options) {
  if (!options.made_by.empty()) return "made by " + options.made_by;
  std::string text = fmt::format("--budget {:g}s", options.budget_s);
  if (options.threads) text += fmt::format(" --threads {}", options.threads);
  if (!options.only.empty()) text += fmt::format(" --only {}", options.only);
  if (options.full) text += " --full";
  if (options.force_software) text += " --force-software";
  if (options.allocate) text += " --allocate";
  for (const std::string& flag : options.flags.given)
    text += " " + (flag.starts_with("--benchmark_out=") ? std::string("--benchmark_out=...") : flag);
  return text;
}

/// The last run of this device, where it can be resumed: this version left it before its end.
tl::expected<std::optional<Run>, std::string> unfinished_run(const Store& store, const std::string& device) {
  auto last = store.last_run(device);
  if (!last) return tl::unexpected(last.error());
  const bool goes_on = *last && (*last)->outcome != outcome_name(Outcome::finished) &&
                       (*last)->program_version == WEIGHIN_VERSION && (*last)->build == WEIGHIN_BUILD;
  return goes_on ? *last : std::nullopt;
}

}  // namespace

std::vector<std::string> opening_warnings(const Machine& machine) {
  std::vector<std::string> warnings = machine.warnings;
  const uint64_t wanted = wanted_working_set(machine);
  if (working_set_of(machine) < wanted)
    warnings.push_back(fmt::format(
        "only {} MiB of memory may be used ({}): weights are read from {} MiB instead of {} MiB, and caches "
        "may flatter the speeds",
        usable_memory(machine.memory).bytes >> 20, usable_memory(machine.memory).limit,
        working_set_of(machine) >> 20, wanted >> 20));
  return warnings;
}

tl::expected<void, std::string> put_device(Store& store, const Host& host, const Machine& machine,
                                           const std::string& label) {
  Device device = device_of(machine, utc_text(host.now()));
  const auto known = store.devices();
  if (!known) return tl::unexpected(known.error());
  for (const Device& before : *known)
    if (before.id == device.id && !before.label.empty()) device.label = before.label;
  if (!label.empty()) device.label = label;
  return store.put_device(device);
}

tl::expected<OpenedRun, std::string> open_run(Store& store, const Host& host, const Machine& machine,
                                              const SessionOptions& options,
                                              const std::vector<std::string>& warnings) {
  if (options.resume) {
    const auto last = unfinished_run(store, machine.id);
    if (!last) return tl::unexpected(last.error());
    if (*last) {
      auto already = store.measurements_of_run((*last)->id);
      if (!already) return tl::unexpected(already.error());
      return OpenedRun{(*last)->id, std::move(*already), true};
    }
  }
  Run run;
  run.device = machine.id;
  run.program_version = WEIGHIN_VERSION;
  run.compiler = WEIGHIN_COMPILER;
  run.build = WEIGHIN_BUILD;
  run.options = options_text(options);
  run.started_at = utc_text(host.now());
  run.warnings = warnings;
  const auto id = store.begin_run(run);
  if (!id) return tl::unexpected(id.error());
  return OpenedRun{*id, {}, false};
}

}  // namespace weighin
