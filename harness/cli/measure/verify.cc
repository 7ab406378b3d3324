#include "harness/cli/measure/verify.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/measure/interrupt.h"
#include "harness/cli/named_format.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/tools/model_to_run.h"
#include "harness/cli/units.h"
#include "harness/engines/served_run.h"
#include "harness/engines/verify.h"
#include "models/names/resolve_name.h"
#include "models/source/location.h"
#include "models/text/units.h"
#include "probes/all_probes.h"
#include "results/measured/engine_costs.h"
#include "results/measured/engine_efficiency.h"
#include "results/store/store.h"
#include "results/text/interval_json.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

struct VerifyOptions {
  std::string model, format;
  VerifySettings settings;
  double limit_s = 0;
  bool no_measure = false;
};

/// By how much `predicted` is off `real`, such as "+4.2%"; empty where one of them is not known.
std::string error_text(double predicted, double real) {
  if (predicted <= 0 || real <= 0) return "";
  return fmt::format("{:+.1f}%", 100 * (predicted / real - 1));
}

std::string said(const std::string& text) {
  return text.empty() ? "not said" : text;
}

ordered_json json_of(const Verification& v) {
  const auto if_said = [](const std::string& text) {
    return text.empty() ? ordered_json() : ordered_json(text);
  };
  ordered_json phases = ordered_json::object();
  for (const VerifiedPhase& phase : v.phases) {
    ordered_json one{{"tokens", phase.tokens}, {"tps", phase.tps}, {"samples", phase.samples}};
    one["predicted"] = interval_json(phase.predicted);
    one["error"] = phase.predicted ? ordered_json(phase.predicted->mid / phase.tps - 1) : ordered_json();
    phases[std::string(phase_name(phase.phase))] = one;
  }
  return {{"verification", v.id},
          {"model", v.model},
          {"format", v.format},
          {"engine", v.engine},
          {"build", if_said(v.build)},
          {"backend", if_said(v.backend)},
          {"cpu_variant", if_said(v.cpu_variant)},
          {"gpu", if_said(v.gpu)},
          {"threads", v.threads},
          {"depth", v.depth},
          {"phases", phases},
          {"memory_bytes", v.memory_bytes ? ordered_json(v.memory_bytes) : ordered_json()},
          {"predicted_memory_bytes", v.predicted_memory_bytes},
          {"warnings", v.warnings}};
}

void print(const Verification& v) {
  fmt::print("{} in {} by {} ({}), backend {}, CPU kernels {}{}, {} thread{}\n", v.model, v.format, v.engine,
             said(v.build), said(v.backend), said(v.cpu_variant), v.gpu.empty() ? "" : ", GPU " + v.gpu,
             v.threads, v.threads == 1 ? "" : "s");
  fmt::print("  {:<26} {:>10} {:>24} {:>9}\n", "", "real", "predicted (80%)", "error");
  for (const VerifiedPhase& phase : v.phases) {
    const std::string name =
        phase.phase == Phase::decode
            ? fmt::format("decode, tokens/s{}", v.depth ? fmt::format(" @{}", v.depth) : "")
            : fmt::format("prefill of {}, tokens/s", phase.tokens);
    const std::string predicted = phase.predicted
                                      ? fmt::format("{:.4g} ({:.4g}-{:.4g})", phase.predicted->mid,
                                                    phase.predicted->low, phase.predicted->high)
                                      : "not measured";
    fmt::print("  {:<26} {:>10.4g} {:>24} {:>9}\n", name, phase.tps, predicted,
               phase.predicted ? error_text(phase.predicted->mid, phase.tps) : "");
  }
  fmt::print("  {:<26} {:>10} {:>24.1f} {:>9}\n", "peak memory, MiB",
             v.memory_bytes ? fmt::format("{:.1f}", in_mib(v.memory_bytes)) : "not known",
             in_mib(v.predicted_memory_bytes),
             error_text(static_cast<double>(v.predicted_memory_bytes), static_cast<double>(v.memory_bytes)));
  for (const std::string& warning : v.warnings) fmt::print("warning: {}\n", warning);
}

/// Prints the engine's efficiency as all verifications together give it.
void print_learned(const Invocation& invocation, const Verification& v) {
  const auto store = Store::open(invocation.database, Access::read);
  const auto verified = store ? store->verifications(v.device) : tl::unexpected(store.error());
  if (!verified || v.engine != llamacpp_engine) return;
  const auto rows = store->measurements(v.device, KernelsOf::engines);
  const std::string measured = rows ? measured_engine(*rows, v.engine, "") : "";
  if (!measured.empty()) {
    fmt::print(
        "engine measured: answers are sums of the times of {}'s own kernels here, which runs do not change\n",
        measured);
    return;
  }
  const EngineEfficiency efficiency(v.engine, v.isa, v.threads, *verified);
  fmt::print("{}'s efficiency: {}\n", v.engine, efficiency.source());
}

/// The model's shape and format as they are known of the file that a server has loaded, where that can be
/// read, else of the catalogue. Error: neither knows it.
tl::expected<ModelToRun, std::string> served_model_to_run(NamedModels& named, const ServedTarget& target,
                                                          const std::string& word) {
  const ServedModel& served = target.model;
  std::error_code ignored;
  if (served.file.starts_with('/') && std::filesystem::is_regular_file(served.file, ignored)) {
    const auto shape = named.find(served.file);
    if (shape) return ModelToRun{*shape, &file_format_of(FileFormatId::as_stored), ""};
  }
  auto shape = named.find(word);
  if (!shape) {
    const ModelShape* known = resolve_name(served.name).model;
    if (!known)
      return tl::unexpected(
          fmt::format("weighin does not know the model that {} has as \"{}\", and cannot read its file; "
                      "`weighin models import FILE` makes it known",
                      target.engine->word, plain_text(served.name)));
    shape = known;
  }
  const std::string stated =
      served.quantization.empty() ? resolve_name(served.name).format : served.quantization;
  if (stated.empty())
    return tl::unexpected(fmt::format("{} does not say in which format it has {}; name it with --format",
                                      target.engine->word, plain_text(served.name)));
  const auto format = gguf_format_called(stated);
  if (!format) return tl::unexpected(format.error());
  return ModelToRun{*shape, *format, ""};
}

/// What `verify` runs: a command on a file or on random weights, or a model that a server has.
tl::expected<ModelToRun, std::string> choose_engine(NamedModels& named, VerifyOptions& options,
                                                    const Host& host) {
  VerifySettings& settings = options.settings;
  const bool any_engine = settings.engine.empty() && !engine_command(host, "");
  if (!any_engine && !names_a_server(settings.engine)) {
    auto run = model_to_run(named, options.model, options.format);
    if (run) settings.file = run->file;
    return run;
  }
  auto target = find_server(host, settings.engine);
  if (!target) {
    if (!any_engine) return tl::unexpected(target.error());
    return tl::unexpected(engine_command(host, "").error() + "; " + target.error());
  }
  auto served = choose_served_model(*target, options.model, options.format);
  if (!served) return tl::unexpected(served.error());
  target->model = std::move(*served);
  if (target->model.quantization.empty()) target->model.quantization = options.format;
  auto run = served_model_to_run(named, *target, options.model);
  if (run) settings.served = std::move(*target);
  return run;
}

void run_verify(VerifyOptions options, Invocation& invocation) {
  NamedModels named(invocation.host);
  const auto run = choose_engine(named, options, invocation.host);
  if (!run) return fail(invocation, run.error());
  options.settings.database = invocation.database;
  options.settings.limit = std::chrono::milliseconds(static_cast<int64_t>(options.limit_s * 1e3));
  if (options.no_measure) options.settings.measure_s = 0;
  options.settings.stop = interrupted;
  options.settings.progress = [](const std::string& doing) { fmt::print(stderr, "{}\n", doing); };
  watch_for_interrupt();
  const auto result =
      verify(invocation.host, probe_machine(invocation.host), *run->model, *run->format, options.settings);
  if (!result) {
    fail(invocation, result.error().reason);
    if (result.error().does_not_fit) invocation.exit_code = exit_no;
    if (interrupted()) invocation.exit_code = exit_interrupted;
    return;
  }
  if (invocation.json) {
    std::puts(json_of(*result).dump(2).c_str());
    return;
  }
  print(*result);
  print_learned(invocation, *result);
}

}  // namespace

Command add_verify(Command program, Invocation& invocation) {
  auto options = std::make_shared<VerifyOptions>();
  VerifySettings& settings = options->settings;
  const Command command = program.subcommand(
      "verify", "Run a real engine on a model beside the prediction, and learn how fast that engine is here");
  command.footer(
      "A model by name is written with random weights into a temporary file. An engine is any command that\n"
      "takes llama-bench's options (-m -p -n -d -t -r -o json) and prints its JSON. Without --engine it is\n"
      "llama-bench from the PATH, or scripts/engines/node-llama-cpp (llama.cpp as npm ships it), or else a\n"
      "server that runs here. Every later `weighin fit` predicts llama.cpp by what was learned.\n\n"
      "ollama, lmstudio, llama-server and the URL of one mean a server on this machine. MODEL is then its\n"
      "name there, or a name that means the same model; it runs with its own weights, and its own counters\n"
      "give the time.");
  add_model(command, options->model);
  add_format(command, options->format, "Q4_K_M; a file has its own");
  command.option("--engine", &settings.engine, "The command or the server that runs the model")
      .type_name("COMMAND");
  add_threads(command, settings.threads);
  command
      .option("--depth", &settings.depth,
              "Tokens in the KV cache before the first one; where there are any, only decode is run")
      .type_name("TOKENS")
      .between(0, 1u << 20);
  command.option("--prompt", &settings.prompt, "Tokens of the prompt; 0: none")
      .type_name("TOKENS")
      .between(0, 1u << 20)
      .show_default();
  command.option("--tokens", &settings.generated, "Tokens that are generated; 0: none")
      .type_name("TOKENS")
      .between(0, 1u << 20)
      .show_default();
  command.option("--rounds", &settings.rounds, "Run the engine and weighin's kernels so many times, in turn")
      .between(1, 1000)
      .show_default();
  command.option("--repetitions", &settings.repetitions, "Repeat each test so many times in each round")
      .between(1, 1000)
      .show_default();
  command.option("--limit", &options->limit_s, "The longest that the engine may take, such as 90s or 5m")
      .in_units(time_units())
      .positive();
  command.flag("--no-measure", &options->no_measure,
               "Predict from stored measurements; weighin's kernels are not measured beside the engine");
  add_json(command, invocation, ", in tokens/s and bytes");
  add_database(command, invocation);
  command.action([options, &invocation] { run_verify(*options, invocation); });
  return command;
}

}  // namespace weighin
