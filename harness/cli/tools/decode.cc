#include "harness/cli/tools/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "harness/cli/shared_options.h"
#include "harness/cli/tools/model_to_run.h"
#include "harness/decode/decode_run.h"
#include "harness/plan/plan.h"
#include "harness/timing/statistics.h"
#include "models/text/units.h"
#include "probes/all_probes.h"
#include "results/store/store.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

struct DecodeOptions {
  std::string model, format, logits;
  DecodeSettings settings;
  uint32_t threads = 0;
  bool no_parts = false;
};

double sum_of(const PartSeconds& seconds) {
  return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

ordered_json to_json(const ModelShape& model, const FileFormat& format, const DecodeOptions& options,
                     const DecodeResult& result) {
  const double seconds = median(result.samples);
  ordered_json parts;
  for (size_t i = 0; i < step_parts; ++i) {
    parts[std::string(part_name(static_cast<StepPart>(i)))] = {
        {"whole_s", result.whole[i]},
        {"measured_alone_s", result.parts ? ordered_json(by_part(*result.parts)[i]) : ordered_json(nullptr)}};
  }
  ordered_json out = {{"model", model.name},
                      {"format", format.name},
                      {"weights", options.settings.file.empty() ? "random" : "the file's"},
                      {"threads", options.settings.threads},
                      {"depth", options.settings.depth},
                      {"weight_bytes", result.weight_bytes},
                      {"cache_bytes", result.cache_bytes},
                      {"load_s", result.load_s},
                      {"tokens", result.chosen},
                      {"token_s", seconds},
                      {"spread", median_spread(result.samples)},
                      {"parts", parts}};
  if (result.parts) {
    out["sum_of_parts_s"] = result.parts->seconds;
    out["sum_over_whole"] = {{"of_medians", result.median_ratio}, {"of_least", result.least_ratio}};
  }
  return out;
}

void print(const ModelShape& model, const FileFormat& format, const DecodeOptions& options,
           const DecodeResult& result, bool as_json) {
  if (as_json) {
    std::puts(to_json(model, format, options, result).dump(2).c_str());
    return;
  }
  fmt::print("{} in {}, {} weights, {} thread{}, {} tokens in the KV cache at first\n", model.name,
             format.name, options.settings.file.empty() ? "random" : "the file's", options.settings.threads,
             options.settings.threads == 1 ? "" : "s", options.settings.depth);
  fmt::print("  weights    {:.2f} GiB, read and packed in {:.1f} s\n", in_gib(result.weight_bytes),
             result.load_s);
  fmt::print("  KV cache   {:.2f} GiB\n", in_gib(result.cache_bytes));
  if (result.samples.empty()) return;
  const double seconds = median(result.samples);
  fmt::print("  decode     {:.2f} tokens/s, median of {} tokens\n\n", 1 / seconds, result.samples.size());
  fmt::print("  {:<12} {:>10} {:>16}\n", "part", "whole, ms", "alone, ms");
  const PartSeconds alone = result.parts ? by_part(*result.parts) : PartSeconds{};
  for (size_t i = 0; i < step_parts; ++i)
    fmt::print("  {:<12} {:>10.3f} {:>16}\n", part_name(static_cast<StepPart>(i)), 1e3 * result.whole[i],
               result.parts ? fmt::format("{:.3f}", 1e3 * alone[i]) : "");
  fmt::print("  {:<12} {:>10.3f}\n", "other", 1e3 * std::max(0.0, seconds - sum_of(result.whole)));
  fmt::print("  {:<12} {:>10.3f} {:>16}\n", "step", 1e3 * seconds,
             result.parts ? fmt::format("{:.3f}", 1e3 * result.parts->seconds) : "");
  if (!result.parts) return;
  fmt::print("\n  sum of the parts / whole: {:.3f} of medians, {:.3f} of the least of each\n",
             result.median_ratio, result.least_ratio);
}

/// The races between kernels that earlier runs held on this machine; none where there is no database that can
/// be read.
std::vector<KernelRace> known_races(const Invocation& invocation, const Machine& machine) {
  if (!std::filesystem::exists(invocation.database)) return {};
  const auto store = Store::open(invocation.database, Access::read);
  if (!store) return {};
  return store->races(machine.id).value_or(std::vector<KernelRace>{});
}

void run_decode_command(DecodeOptions options, bool depth_given, Invocation& invocation) {
  NamedModels named(invocation.host);
  const auto run = model_to_run(named, options.model, options.format);
  if (!run) return fail(invocation, run.error());
  const ModelShape& model = *run->model;
  options.settings.file = run->file;
  const Machine machine = probe_machine(invocation.host);
  const uint32_t usable = std::max(1u, machine.topology.usable_threads.value.value_or(1));
  options.settings.threads = options.threads ? std::min(options.threads, usable) : usable;
  options.settings.parts = !options.no_parts;
  if (!depth_given) options.settings.depth = options.settings.prompt.empty() ? plan_depth : 0;
  options.settings.races = known_races(invocation, machine);
  std::ofstream logits;
  if (!options.logits.empty()) {
    logits.open(options.logits, std::ios::binary);
    options.settings.logits = [&logits](std::span<const float> values) {
      logits.write(reinterpret_cast<const char*>(values.data()),
                   static_cast<std::streamsize>(values.size_bytes()));
    };
  }
  const auto result = run_decode(model, *run->format, machine, options.settings);
  if (!result) {
    fail(invocation, result.error().reason);
    if (result.error().does_not_fit) invocation.exit_code = exit_no;
    return;
  }
  if (!options.logits.empty() && !logits.flush())
    return fail(invocation, fmt::format("{} could not be written", options.logits));
  print(model, *run->format, options, *result, invocation.json);
}

}  // namespace

Command add_decode(Command program, Invocation& invocation) {
  auto options = std::make_shared<DecodeOptions>();
  DecodeSettings& settings = options->settings;
  const Command command = program.subcommand(
      "decode", "Run the reference kernels' whole forward pass, token by token, beside the sum of its parts");
  command.footer(
      "A model by name, or a config.json, has random weights; of a GGUF file its own are used. The\n"
      "architectures are llama, qwen2, qwen3, gemma and gemma3. Each token is followed by its parts, which "
      "are\n"
      "measured one by one as `run` measures them and added up as `fit` adds them.");
  add_model(command, options->model);
  add_format(command, options->format, "Q4_K_M; a file has its own");
  const Option depth =
      command
          .option("--depth", &settings.depth,
                  "Tokens in the KV cache at first, of random values; default: 1024, or 0 with a prompt")
          .type_name("TOKENS")
          .between(0, 1u << 24);
  command.option("--tokens", &settings.tokens, "Tokens to decode, each the likeliest after the last")
      .type_name("TOKENS")
      .between(0, 1u << 20)
      .show_default();
  command
      .option("--prompt-tokens", &settings.prompt,
              "The numbers of the tokens that are computed first, such as 1,2,3")
      .separated_by(',');
  add_threads(command, options->threads);
  command
      .option("--logits", &options->logits,
              "Write the logits of each token of the prompt and the run: f32, [tokens][vocabulary]")
      .type_name("FILE");
  command.flag("--no-parts", &options->no_parts, "Leave the parts unmeasured");
  add_json(command, invocation, ", in seconds and bytes");
  command.action([options, depth, &invocation] { run_decode_command(*options, depth.given(), invocation); });
  return command;
}

}  // namespace weighin
