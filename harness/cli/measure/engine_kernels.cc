#include "harness/cli/measure/engine_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/cli/measure/interrupt.h"
#include "harness/cli/measure/progress.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/units.h"
#include "harness/engines/ggml/find_libraries.h"
#include "harness/engines/ggml/session.h"
#include "harness/engines/measure_by_difference.h"
#include "harness/engines/rounds.h"
#include "results/store/store.h"

namespace weighin {
namespace {

/// The engine's share of time beside the reference kernels': 60 s beside 90.
constexpr double share_of_budget = 60.0 / 90.0;
/// Weights are read from a working set that the caches do not hold, of at most a quarter of the memory.
constexpr uint64_t least_working_set = 256ull << 20, most_working_set = 512ull << 20;

uint64_t working_set_of(const Machine& machine) {
  const uint64_t wanted = std::clamp(4 * machine.topology.last_level_cache_bytes.value.value_or(0),
                                     least_working_set, most_working_set);
  return std::max<uint64_t>(64ull << 20, std::min(wanted, usable_memory(machine.memory).bytes / 8));
}

/// The share of the engine's time that each GPU gets.
constexpr double gpu_share = 0.25;
constexpr uint32_t most_gpus = 8;

std::string summary(const EngineOutcome& outcome, const std::string& folder) {
  if (outcome.opened.engine.empty() && outcome.measured == 0)
    return fmt::format("llama.cpp's libraries in {} were not measured: {}\n", folder,
                       outcome.failures.empty() ? "no reason was given" : outcome.failures.front());
  std::string text = fmt::format("{}: {} of its kernels measured", outcome.opened.engine, outcome.measured);
  if (outcome.opened.device != "CPU")
    text += fmt::format(" on {} ({})", outcome.opened.description, outcome.opened.device);
  if (outcome.skipped) text += fmt::format(", {} skipped as the budget ended", outcome.skipped);
  if (outcome.wrong) text += fmt::format(", {} wrong", outcome.wrong);
  for (const std::string& failure : outcome.failures) text += "; " + failure;
  return text + "\n";
}

/// The id under which the machine's GPU called `opened.description` is kept; empty: it is software that is
/// not asked for.
std::string gpu_id_of(const Machine& machine, const SessionOptions& session, const OpenedEngine& opened) {
  if (machine.vulkan.value)
    for (const VulkanDevice& device : *machine.vulkan.value)
      if (device.name == opened.description)
        return device.software && !session.force_software ? "" : device.id;
  return opened.description;
}

/// Keeps each measurement as a row of `run` and of this machine.
auto recorder(Store& store, const Machine& machine, int64_t run) {
  return [&store, &machine, run](const Measurement& measured) -> tl::expected<void, std::string> {
    Measurement row = measured;
    row.run = run;
    row.device = machine.id;
    if (auto written = store.record(row); !written) return tl::unexpected(written.error());
    return {};
  };
}

/// One device of one folder's libraries, measured beside the rows of `run` that are there already.
tl::expected<EngineOutcome, std::string> measure_device(const Invocation& invocation, const Machine& machine,
                                                        const SessionOptions& session, Store& store,
                                                        int64_t run, EngineJob job) {
  const auto already = store.measurements_of_run(run, KernelsOf::engines);
  if (!already) return tl::unexpected(already.error());
  const double budget_s = job.budget_s;
  const auto begin = std::chrono::steady_clock::now();
  ProgressLine line;
  const EngineHooks hooks{
      .stop = interrupted,
      .record = recorder(store, machine, run),
      .progress =
          [&](size_t begun, size_t items) {
            const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
            line.show({.done = begun,
                       .items = std::max(begun, items),
                       .elapsed_s = passed.count(),
                       .left_s = std::max(0.0, budget_s - passed.count()),
                       .what = "llama.cpp's kernels"});
          },
      .gpu_id = [&](const OpenedEngine& opened) { return gpu_id_of(machine, session, opened); }};
  return measure_engine_in_child(invocation.host, std::move(job), *already, hooks);
}

/// The program that `libraries` names instead of libraries, quoted for a shell; empty: it names none.
std::string given_program(const std::string& libraries) {
  std::error_code none;
  if (libraries.find('/') == std::string::npos || !std::filesystem::is_regular_file(libraries, none))
    return "";
  return quoted(libraries);
}

/// Whether there is a llama-bench to be found, and WEIGHIN_ENGINE does not say that none is to be measured.
bool bench_is_there(const Host& host) {
  const auto named = host.environment ? host.environment("WEIGHIN_ENGINE") : std::nullopt;
  return named.value_or("") != "none" && on_path(host, "llama-bench");
}

/// The program of the engine whose libraries in `folder` could not be called: its llama-bench there, else the
/// one that `verify` would run. Empty: there is none.
std::string program_of(const Host& host, const std::filesystem::path& folder) {
  std::error_code none;
  for (const auto& file : {folder / "llama-bench", folder.parent_path() / "bin" / "llama-bench"})
    if (!folder.empty() && std::filesystem::is_regular_file(file, none)) return quoted(file.string());
  return engine_command(host, "").value_or("");
}

/// Measures the engine by its own program, and says what came of it.
bool measure_program(Invocation& invocation, const Machine& machine, Store& store, int64_t run,
                     const std::string& command, uint32_t threads, double budget_s) {
  const DifferenceHooks hooks{
      .stop = interrupted, .record = recorder(store, machine, run), .progress = [&](const std::string& what) {
        fmt::print(stderr, "{} runs {}\n", command, what);
      }};
  // Its layers are to lie on the CPU.
  const std::string on_cpu = has_gpu(machine) ? command + " -ngl 0" : command;
  const auto outcome = measure_by_difference(invocation.host, on_cpu, threads, budget_s, hooks);
  if (!outcome) {
    fail(invocation, outcome.error());
    return false;
  }
  fmt::print(stderr, "{}: {} rows from models of two and of four layers{}{}\n",
             outcome->engine.empty() ? command : outcome->engine, outcome->measured,
             outcome->budget_ended ? ", until the budget ended" : "",
             outcome->failures.empty() ? "" : "; " + outcome->failures.front());
  return true;
}

}  // namespace

void add_engine_options(Command command, EngineOptions& options) {
  command
      .option("--engine", &options.libraries,
              "Whose own kernels are measured too: llama.cpp's and ONNX Runtime's\n"
              "where they are found (auto), llama.cpp's in the folder PATH or by the\n"
              "program PATH (llama-bench), or none")
      .type_name("auto|PATH|onnxruntime|none")
      .show_default();
  command
      .option("--engine-budget", &options.budget_s,
              "Time to measure llama.cpp's kernels for; default: two thirds of --budget, 60s")
      .in_units(time_units())
      .positive();
}

bool measure_engine_kernels(Invocation& invocation, const Machine& machine, const SessionOptions& session,
                            int64_t run, const EngineOptions& options) {
  const std::string given = given_program(options.libraries);
  const auto folders = given.empty() ? find_engine_libraries(invocation.host, options.libraries)
                                     : std::vector<std::filesystem::path>{};
  if (!folders) {
    fail(invocation, folders.error());
    return false;
  }
  const bool bench = given.empty() && options.libraries == "auto" && bench_is_there(invocation.host);
  if (folders->empty() && given.empty() && !bench) return true;
  auto store = Store::open(invocation.database, Access::write);
  if (!store) {
    fail(invocation, store.error());
    return false;
  }
  const uint32_t usable = std::max(1U, machine.topology.usable_threads.value.value_or(1));
  const double budget_s = options.budget_s > 0 ? options.budget_s : share_of_budget * session.budget_s;
  const uint32_t threads = session.threads ? std::min(session.threads, usable) : usable;
  if (folders->empty())
    return measure_program(invocation, machine, *store, run, given.empty() ? "llama-bench" : given, threads,
                           budget_s);
  EngineJob job{.libraries = folders->front().string(),
                .threads = threads,
                .budget_s = budget_s,
                .working_set_bytes = working_set_of(machine),
                .only = session.only,
                .done = {}};
  job.software = session.force_software;
  auto outcome = measure_device(invocation, machine, session, *store, run, job);
  if (outcome) fmt::print(stderr, "{}", summary(*outcome, job.libraries));
  // Libraries of a version whose structs are not known: their own program can still be run.
  if (outcome && outcome->opened.engine.empty() && outcome->measured == 0 && !interrupted()) {
    const std::string program = program_of(invocation.host, folders->front());
    return program.empty() || measure_program(invocation, machine, *store, run, program, threads, budget_s);
  }
  // Then every GPU that any of the libraries has a backend for.
  job.threads = 1;
  job.budget_s = gpu_share * budget_s;
  for (const auto& folder : *folders) {
    job.libraries = folder.string();
    for (job.device = 1; outcome && !interrupted() && job.device <= most_gpus; ++job.device) {
      outcome = measure_device(invocation, machine, session, *store, run, job);
      if (!outcome || outcome->no_device || outcome->opened.engine.empty()) break;
      if (outcome->measured || !outcome->failures.empty())
        fmt::print(stderr, "{}", summary(*outcome, job.libraries));
    }
  }
  if (!outcome) fail(invocation, outcome.error());
  return outcome.has_value();
}

}  // namespace weighin
