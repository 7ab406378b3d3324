#include "harness/cli/look_up/devices_smallest.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/cli/device_options.h"
#include "harness/cli/load_device.h"
#include "harness/cli/look_up/device_filter.h"
#include "harness/cli/named_models.h"
#include "harness/cli/question_options.h"
#include "harness/cli/shared_options.h"
#include "models/text/units.h"
#include "results/accuracy/sentence.h"
#include "results/coverage/smallest_device.h"
#include "results/fit/weigh.h"
#include "results/text/csv_field.h"
#include "results/text/interval_json.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

struct SmallestOptions {
  std::string model;
  QuestionOptions asked;
  std::string runs_as{runs_as_name(RunsAs::native)};
  DeviceFilter filter;
  size_t most = 0;  // --most; 0: one of each kind, or ten of the kind asked for
};

/// One line of the answer.
struct Line {
  std::string device, kind;
  std::string tier;       // empty for a measured device
  double memory_gib = 0;  // the total
  Verdict verdict;
};

/// The measured devices that run the model.
std::vector<Line> measured_lines(const ModelShape& model, const Question& question,
                                 const std::vector<DeviceProfile>& devices) {
  std::vector<Line> lines;
  for (const DeviceProfile& device : devices) {
    Verdict verdict = weigh_model(model, question, device);
    if (!runs(verdict.judgement.answer)) continue;
    lines.push_back({device.capacity.device, "measured", "", in_gib(device.capacity.memory_total_bytes),
                     std::move(verdict)});
  }
  return lines;
}

/// Of the devices found, the first of each kind, or the first --most.
std::vector<Line> spec_lines(const std::vector<DeviceRun>& found, const SmallestOptions& options) {
  const bool every_kind = options.filter.kind.empty() && options.most == 0;
  const size_t most = options.most ? options.most : 10;
  std::vector<Line> lines;
  std::set<DeviceKind> seen;
  for (const DeviceRun& run : found) {
    if (every_kind ? !seen.insert(run.device->kind).second : lines.size() == most) continue;
    lines.push_back({run.device->name, std::string(device_kind_name(run.device->kind)),
                     std::string(device_tier_name(run.tier)), run.memory_gib, run.verdict});
  }
  return lines;
}

void print_text(const std::vector<Line>& lines, const ModelShape& model, const Question& question,
                size_t of_catalogue) {
  fmt::print(
      "{} at {:g} tokens/s or more, the first token within {:g} s, context {}: {} devices of the catalogue "
      "run it\n\n",
      model.name, question.min_tps.value_or(VerdictLines{}.runs_tps), VerdictLines{}.runs_ttft_s,
      answered_context(model, question.context), of_catalogue);
  if (lines.empty()) return;
  size_t width = 6;
  for (const Line& line : lines) width = std::max(width, line.device.size());
  fmt::print("{:<{}}  {:<15} {:<5} {:>7}  {:<8} {:>18}  {:>11}\n", "DEVICE", width, "KIND", "TIER", "GiB",
             "FORMAT", "TOKENS/S (80%)", "FIRST TOKEN");
  for (const Line& line : lines)
    fmt::print("{:<{}}  {:<15} {:<5} {:>7.3g}  {:<8} {:>18}  {:>9} s\n", line.device, width, line.kind,
               line.tier, line.memory_gib, line.verdict.needs.format,
               interval_text(line.verdict.prediction.decode_tps),
               line.verdict.prediction.ttft_s ? two_digits(line.verdict.prediction.ttft_s->mid) : "-");
  fmt::print(
      "\nSmallest: the least memory, then the least bandwidth. Catalogue devices are answered from published "
      "specs, not measured.\naccuracy: {}\n",
      published_accuracy_sentence());
}

ordered_json line_json(const Line& line) {
  const Verdict& v = line.verdict;
  return {{"device", line.device},
          {"kind", line.kind},
          {"tier", line.tier.empty() ? ordered_json(nullptr) : ordered_json(line.tier)},
          {"memory_gib", line.memory_gib},
          {"answer", answer_name(v.judgement.answer)},
          {"format", v.needs.format},
          {"decode_tps", interval_json(v.prediction.decode_tps)},
          {"needed_gib", in_gib(v.needs.memory.needed_bytes())},
          {"basis", line.tier.empty() ? "measured" : "spec"}};
}

void print_csv(const std::vector<Line>& lines) {
  std::puts("device,kind,tier,memory_gib,answer,format,tg_low,tg_tps,tg_high,needed_gib,basis");
  for (const Line& line : lines) {
    const Verdict& v = line.verdict;
    fmt::print("{},{},{},{:.4g},{},{},{:.3g},{:.3g},{:.3g},{:.4g},{}\n", csv_field(line.device), line.kind,
               line.tier, line.memory_gib, answer_name(v.judgement.answer), v.needs.format,
               v.prediction.decode_tps->low, v.prediction.decode_tps->mid, v.prediction.decode_tps->high,
               in_gib(v.needs.memory.needed_bytes()), line.tier.empty() ? "measured" : "spec");
  }
}

void run_smallest(const SmallestOptions& options, Invocation& invocation) {
  const auto question = question_of(options.asked);
  if (!question) return fail(invocation, question.error());
  NamedModels named(invocation.host);
  const auto model = named.find(options.model);
  if (!model) return fail(invocation, model.error());
  const auto found =
      devices_that_run(**model, *question, runs_as_called(options.runs_as),
                       [&](const DeviceSpec& device) { return passes(device, options.filter); });
  if (!found) return fail(invocation, found.error());
  const auto measured = load_measured_devices(invocation);
  if (!measured) return fail(invocation, measured.error());
  std::vector<Line> lines = measured_lines(**model, *question, *measured);
  for (Line& line : spec_lines(*found, options)) lines.push_back(std::move(line));
  if (invocation.json) {
    ordered_json out{{"schema_version", 1},
                     {"model", (*model)->name},
                     {"accuracy", published_accuracy_sentence()},
                     {"devices", ordered_json::array()}};
    for (const Line& line : lines) out["devices"].push_back(line_json(line));
    std::puts(out.dump(2).c_str());
  } else if (invocation.csv) {
    print_csv(lines);
  } else {
    print_text(lines, **model, *question, found->size());
  }
  invocation.exit_code = lines.empty() ? exit_no : exit_yes;
}

}  // namespace

Command add_devices_smallest(Command devices, Invocation& invocation) {
  auto options = std::make_shared<SmallestOptions>();
  const Command command = devices.subcommand(
      "smallest", "List the smallest devices that run a model: measured ones, and the catalogue's");
  add_model(command, options->model);
  add_question(command, options->asked);
  add_runs_as(command, options->runs_as);
  add_device_filter(command, options->filter);
  command.option("--most", &options->most, "How many to list; default: one of each kind, or ten of --kind")
      .between(1, 100000);
  add_json_and_csv(command, invocation, "a device");
  add_database(command, invocation);
  command.action([options, &invocation] { run_smallest(*options, invocation); });
  return command;
}

}  // namespace weighin
