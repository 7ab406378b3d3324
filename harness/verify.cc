#include "harness/verify.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "harness/session.h"
#include "harness/statistics.h"
#include "harness/temporary_folder.h"
#include "harness/watch.h"
#include "models/memory.h"
#include "models/synthetic/write_gguf.h"
#include "results/predict.h"
#include "results/store.h"

namespace weighin {
namespace {

constexpr double gib = 1024.0 * 1024 * 1024;

std::string utc_now(const Host& host) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(host.now())));
}

std::string not_enough_memory(const ModelShape& shape, uint64_t needed, const UsableMemory& usable) {
  if (usable.limit == "unknown" || needed <= usable.bytes) return "";
  return fmt::format("{} needs {:.1f} GiB of memory, {:.1f} GiB can be had ({}): the engine was not started",
                     shape.name, static_cast<double>(needed) / gib, static_cast<double>(usable.bytes) / gib,
                     usable.limit);
}

/// The step that a phase of the run repeats: decode with the cache as it is in the middle of the tokens.
std::vector<ProblemUse> step_of(Phase phase, const ModelShape& shape, const FileFormat& format,
                                const VerifySettings& settings) {
  return phase == Phase::decode ? decode_step(shape, format, settings.depth + settings.generated / 2)
                                : prefill_step(shape, format, settings.prompt);
}

std::vector<Phase> phases_of(const VerifySettings& settings) {
  std::vector<Phase> phases;
  if (settings.generated) phases.push_back(Phase::decode);
  if (settings.prompt) phases.push_back(Phase::prefill);
  return phases;
}

/// Ten times what the stored measurements promise, since a shared machine may be that slow.
std::chrono::milliseconds limit_of(const ModelShape& shape, const FileFormat& format, uint64_t weights,
                                   const VerifySettings& settings, const Evidence& evidence) {
  if (settings.limit.count() > 0) return settings.limit;
  constexpr double least_s = 120, unknown_s = 600, slack = 10, slowest_storage = 50e6;
  double seconds = static_cast<double>(weights) / slowest_storage;
  for (const Phase phase : phases_of(settings)) {
    const auto time = time_of(step_of(phase, shape, format, settings), std::string(phase_name(phase)),
                              evidence, {llamacpp_engine, 0});
    const double steps = (settings.repetitions + 1.0) * (phase == Phase::decode ? settings.generated : 1);
    seconds += time ? slack * steps * time->seconds : unknown_s;
  }
  return std::chrono::milliseconds(static_cast<int64_t>(std::max(least_s, seconds) * 1e3));
}

/// Measures what the steps hold, as slabs, and keeps it: a run like any other.
tl::expected<void, std::string> measure_beside(const Host& host, const Machine& machine,
                                               const std::vector<std::vector<ProblemUse>>& steps,
                                               const VerifySettings& settings) {
  constexpr uint64_t working_set = 256ull << 20;  // slabs are cut as a run of the whole plan cuts them
  std::vector<PlanItem> items{{{.op = Op::barrier}, settings.threads, {}}};
  for (const auto& step : steps) {
    for (const ProblemUse& use : step) {
      PlanItem item{slab_of(use.problem, settings.threads, working_set), settings.threads, {}};
      const bool known = std::any_of(items.begin(), items.end(),
                                     [&](const PlanItem& other) { return other.problem == item.problem; });
      if (!known) items.push_back(std::move(item));
    }
  }
  SessionOptions options;
  options.budget_s = settings.measure_s;
  options.threads = settings.threads;
  options.only = "verify";
  const auto result = run_session(
      host, machine, settings.database, items, options, settings.stop ? settings.stop : [] { return false; },
      [](const RunProgress&) {});
  if (!result) return tl::unexpected(result.error());
  return {};
}

struct Known {
  std::vector<Measurement> measurements;
  std::vector<Verification> verified;
};

tl::expected<Known, std::string> known_of(const std::string& database, const std::string& device) {
  const auto store = Store::open(database, Access::read);
  if (!store) return tl::unexpected(store.error());
  auto measurements = store->measurements(device);
  if (!measurements) return tl::unexpected(measurements.error());
  auto verified = store->verifications(device);
  if (!verified) return tl::unexpected(verified.error());
  return Known{std::move(*measurements), std::move(*verified)};
}

VerifiedPhase phase_result(Phase phase, const EngineTest& test, const std::vector<ProblemUse>& step,
                           const Evidence& evidence, std::string_view engine, uint32_t threads) {
  VerifiedPhase result;
  result.phase = phase;
  result.tokens = phase == Phase::decode ? test.generated : test.prompt;
  result.samples = test.tps;
  result.tps = median(test.tps);
  const auto time = time_of(step, std::string(phase_name(phase)), evidence, {engine, threads});
  if (!time) return result;
  result.predicted = rate_of(phase == Phase::decode ? 1 : result.tokens, *time);
  result.parts = time->parts;
  return result;
}

}  // namespace

uint64_t predicted_memory(const ModelShape& shape, const FileFormat& format, const VerifySettings& settings,
                          bool mmap) {
  MemorySettings memory;
  memory.context = settings.depth + std::max(settings.prompt, settings.generated);
  memory.prompt = std::max(1u, settings.depth ? settings.depth : settings.prompt);
  memory.mmap = mmap;
  return memory_use(shape, format, memory).peak_bytes();
}

tl::expected<Verification, NotVerified> verify(const Host& host, const Machine& machine,
                                               const ModelShape& shape, const FileFormat& format,
                                               const VerifySettings& asked) {
  const auto no = [](std::string reason, bool fit = false) {
    return tl::unexpected(NotVerified{std::move(reason), fit});
  };
  const auto doing = [&](const std::string& what) {
    if (asked.progress) asked.progress(what);
  };
  VerifySettings settings = asked;
  const uint32_t usable_threads = std::max(1u, machine.topology.usable_threads.value.value_or(1));
  settings.threads = asked.threads ? std::min(asked.threads, usable_threads) : usable_threads;
  if (shape.task == Task::encode)
    return no(shape.name + " is an encoder: engines are verified on chat models");
  if (settings.depth) settings.prompt = 0;  // a prompt at a depth is not predicted
  const auto command = engine_command(host, settings.engine);
  if (!command) return no(command.error());
  if (const std::string why = not_enough_memory(shape, predicted_memory(shape, format, settings, true),
                                                usable_memory(machine.memory));
      !why.empty())
    return no(why, true);
  // The database is opened before minutes are spent.
  {
    auto store = Store::open(settings.database, Access::write);
    if (!store) return no(store.error());
    const auto known = store->devices();
    if (!known) return no(known.error());
    const bool there = std::any_of(known->begin(), known->end(),
                                   [&](const Device& device) { return device.id == machine.id; });
    if (!there)
      if (auto put = store->put_device(device_of(machine, utc_now(host))); !put) return no(put.error());
  }
  const auto before = known_of(settings.database, machine.id);
  if (!before) return no(before.error());

  const auto folder = TemporaryFolder::make("weighin-verify");
  if (!folder) return no(folder.error());
  EngineRequest request{.command = *command,
                        .model = settings.file,
                        .prompt = settings.prompt,
                        .generated = settings.generated,
                        .depth = settings.depth,
                        .threads = settings.threads,
                        .repetitions = settings.repetitions,
                        .limit = limit_of(shape, format, weights_bytes(shape, format), settings,
                                          Evidence(before->measurements)),
                        .folder = folder->path().string()};
  if (settings.file.empty()) {
    request.model = (folder->path() / "model.gguf").string();
    doing(fmt::format("writing {} in {}, random weights", shape.name, format.name));
    if (const auto written = write_gguf(shape, format, request.model, {}); !written)
      return no(written.error());
  }
  doing(fmt::format("running {}", *command));
  const LoadCounters load = read_load(host);
  const auto report = run_engine(host, request);
  if (!report) return no(report.error());
  const LoadCounters after = read_load(host);

  std::vector<std::vector<ProblemUse>> steps;
  for (const Phase phase : phases_of(settings)) steps.push_back(step_of(phase, shape, format, settings));
  if (settings.measure_s > 0) {
    doing("measuring weighin's own kernels beside it");
    if (const auto measured = measure_beside(host, machine, steps, settings); !measured)
      return no(measured.error());
  }
  const auto now = known_of(settings.database, machine.id);
  if (!now) return no(now.error());
  const Evidence evidence(now->measurements, now->verified);

  Verification verification{
      .device = machine.id,
      .verified_at = utc_now(host),
      .engine = report->engine,
      .build = report->build,
      .backend = report->backend,
      .cpu_variant = report->cpu_variant,
      .gpu = report->gpu,
      .model = shape.name,
      .format = format.id == FileFormatId::as_stored ? shape.file_format : std::string(format.name),
      .weights_bytes = weights_bytes(shape, format),
      .threads = report->threads ? report->threads : settings.threads,
      .depth = settings.depth,
      .mmap = report->mmap,
      .isa = isa_of(now->measurements),
      .memory_bytes = report->peak_resident_bytes,
      .predicted_memory_bytes = predicted_memory(shape, format, settings, report->mmap),
      .warnings = load_warnings(load, after, machine.topology.threads.value.value_or(1)),
      .phases = {}};
  const std::string_view engine = report->engine == llamacpp_engine ? llamacpp_engine : reference_engine;
  size_t at = 0;
  for (const Phase phase : phases_of(settings)) {
    const auto& step = steps[at++];
    const auto test = std::find_if(report->tests.begin(), report->tests.end(), [&](const EngineTest& t) {
      return phase == Phase::decode ? t.generated == settings.generated && t.prompt == 0
                                    : t.prompt == settings.prompt && t.generated == 0;
    });
    if (test == report->tests.end())
      return no(fmt::format("the engine ({}) printed no test of {} {}", *command,
                            phase == Phase::decode ? settings.generated : settings.prompt,
                            phase == Phase::decode ? "generated tokens" : "tokens of a prompt"));
    verification.phases.push_back(phase_result(phase, *test, step, evidence, engine, verification.threads));
  }
  auto store = Store::open(settings.database, Access::write);
  if (!store) return no(store.error());
  const auto id = store->record(verification);
  if (!id) return no(id.error());
  verification.id = *id;
  return verification;
}

}  // namespace weighin
