#include "harness/engines/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/engines/rounds.h"
#include "harness/engines/served_run.h"
#include "harness/engines/temporary_folder.h"
#include "harness/run/watch.h"
#include "models/bytes/weights_bytes.h"
#include "models/memory/memory.h"
#include "models/synthetic/write_gguf.h"
#include "models/text/units.h"
#include "models/text/utc_time.h"
#include "results/measured/predict.h"
#include "results/store/store.h"

namespace weighin {
namespace {

std::string not_enough_memory(const ModelShape& shape, uint64_t needed, const UsableMemory& usable) {
  if (usable.limit == "unknown" || needed <= usable.bytes) return "";
  return fmt::format("{} needs {:.1f} GiB of memory, {:.1f} GiB can be had ({}): the engine was not started",
                     shape.name, in_gib(needed), in_gib(usable.bytes), usable.limit);
}

/// Ten times what the stored measurements promise, since a shared machine may be that slow.
std::chrono::milliseconds limit_of(const ModelShape& shape, const FileFormat& format, uint64_t weights,
                                   const VerifySettings& settings, const CostModel& costs) {
  if (settings.limit.count() > 0) return settings.limit;
  constexpr double least_s = 120, unknown_s = 600, slack = 10, slowest_storage = 50e6;
  double seconds = static_cast<double>(weights) / slowest_storage;
  for (const Phase phase : phases_of(settings)) {
    const auto time = time_of(step_of(phase, shape, format, settings), phase, costs, {llamacpp_engine, 0});
    const double steps = (settings.repetitions + 1.0) * (phase == Phase::decode ? settings.generated : 1);
    seconds += time ? slack * steps * time->seconds : unknown_s;
  }
  return std::chrono::milliseconds(static_cast<int64_t>(std::max(least_s, seconds) * 1e3));
}

/// Servers give 4096 tokens by default (Ollama's docs/context-length). More are asked for where the tests
/// need more, since another size makes a server load the model again.
uint32_t context_of(const VerifySettings& settings) {
  constexpr uint32_t usual = 4096, spare = 64;
  const uint32_t needed = std::max(settings.prompt, settings.depth + settings.generated) + spare;
  return needed > usual ? needed : 0;
}

/// A number that no earlier command began its prompts with: a server keeps prompts in its cache.
uint32_t first_prompt_of(const Host& host) {
  return static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(host.now().time_since_epoch()).count());
}

/// What the server does not say, and what is taken in its place.
std::vector<std::string> served_warnings(const EngineRequest& request, const Machine& machine,
                                         uint32_t threads) {
  std::vector<std::string> warnings;
  const ServedTarget& served = *request.served;
  if (request.asked_threads == 0 || !served.engine->takes_threads)
    warnings.push_back(fmt::format("{} does not say on how many threads it runs: {} taken",
                                   served.engine->word,
                                   threads == 1 ? "1 is" : fmt::format("{} are", threads)));
  if (!served.model.gpu_share && has_gpu(machine))
    warnings.push_back(fmt::format(
        "{} does not say how much of the model lies on a GPU, and this machine has one: nothing is predicted",
        served.engine->word));
  else if (served.model.gpu_share.value_or(0) > 0)
    warnings.push_back(fmt::format("{:.0f}% of the model lies on a GPU: nothing is predicted",
                                   100 * *served.model.gpu_share));
  return warnings;
}

}  // namespace

uint64_t predicted_memory(const ModelShape& shape, const FileFormat& format, const VerifySettings& settings,
                          bool mmap) {
  MemorySettings memory;
  memory.context = settings.depth + std::max(settings.prompt, settings.generated);
  memory.prompt = std::max(1u, settings.depth ? settings.depth : settings.prompt);
  memory.mmap = mmap;
  return memory_use(shape, format, memory).peak_resident_bytes();
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
  std::string command;
  if (!settings.served) {
    auto found = engine_command(host, settings.engine);
    if (!found) return no(found.error());
    command = std::move(*found);
    // A server has loaded its model already, or loads it in memory that another model leaves.
    if (const std::string why = not_enough_memory(shape, predicted_memory(shape, format, settings, true),
                                                  usable_memory(machine.memory));
        !why.empty())
      return no(why, true);
  }
  // The database is opened before minutes are spent.
  {
    auto store = Store::open(settings.database, Access::write);
    if (!store) return no(store.error());
    const auto known = store->devices();
    if (!known) return no(known.error());
    const bool there = std::any_of(known->begin(), known->end(),
                                   [&](const Device& device) { return device.id == machine.id; });
    if (!there)
      if (auto put = store->put_device(device_of(machine, utc_text(host.now()))); !put)
        return no(put.error());
  }
  const auto before = known_of(settings.database, machine.id);
  if (!before) return no(before.error());

  const auto folder = TemporaryFolder::make("weighin-verify");
  if (!folder) return no(folder.error());
  EngineRequest request{.command = command,
                        .model = settings.file,
                        .prompt = settings.prompt,
                        .generated = settings.generated,
                        .depth = settings.depth,
                        .threads = settings.threads,
                        .repetitions = settings.repetitions,
                        .limit = limit_of(shape, format, weights_bytes(shape, format), settings,
                                          CostModel(before->measurements)),
                        .folder = folder->path().string(),
                        .served = settings.served,
                        .asked_threads = asked.threads,
                        .context = context_of(settings),
                        .first_prompt = first_prompt_of(host),
                        .stop = settings.stop};
  std::vector<std::string> warnings;
  if (settings.served) {
    doing(fmt::format("asking {} for {}", settings.served->engine->word, settings.served->model.name));
    auto loaded = load_served_model(*settings.served, request);
    if (!loaded) return no(loaded.error());
    request.served->model = std::move(*loaded);
    warnings = served_warnings(request, machine, settings.threads);
  } else if (settings.file.empty()) {
    request.model = (folder->path() / "model.gguf").string();
    doing(fmt::format("writing {} in {}, random weights", shape.name, format.name));
    if (const auto written = write_gguf(shape, format, request.model, {}); !written)
      return no(written.error());
  }
  const LoadCounters load = read_load(host);
  const auto rounds = run_rounds(host, machine, shape, format, settings, request);
  if (!rounds) return no(rounds.error());
  const EngineReport& report = rounds->report;

  for (std::string& warning :
       load_warnings(load, read_load(host), machine.topology.threads.value.value_or(1)))
    warnings.push_back(std::move(warning));
  Verification verification{
      .device = machine.id,
      .verified_at = utc_text(host.now()),
      .engine = report.engine,
      .build = report.build,
      .backend = report.backend,
      .cpu_variant = report.cpu_variant,
      .gpu = report.gpu,
      .model = shape.name,
      .format = format.id == FileFormatId::as_stored ? shape.file_format : std::string(format.name),
      .weights_bytes = weights_bytes(shape, format),
      .threads = report.threads ? report.threads : settings.threads,
      .depth = settings.depth,
      .mmap = report.mmap,
      .isa = rounds->isa,
      .memory_bytes = report.peak_resident_bytes,
      .predicted_memory_bytes = predicted_memory(shape, format, settings, report.mmap),
      .warnings = std::move(warnings),
      .phases = rounds->phases};
  auto store = Store::open(settings.database, Access::write);
  if (!store) return no(store.error());
  const auto id = store->record(verification);
  if (!id) return no(id.error());
  verification.id = *id;
  return verification;
}

}  // namespace weighin
