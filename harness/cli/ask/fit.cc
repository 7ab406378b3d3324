#include "harness/cli/ask/fit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "harness/cli/device_options.h"
#include "harness/cli/named_models.h"
#include "harness/cli/question_options.h"
#include "harness/cli/shared_options.h"
#include "models/names/catalogue.h"
#include "results/accuracy/sentence.h"
#include "results/fit/cpu_or_gpu.h"
#include "results/fit/summary.h"
#include "results/fit/verdict_json.h"
#include "results/fit/verdict_text.h"
#include "results/fit/weigh.h"

namespace weighin {
namespace {

/// The width of the text where standard output is no terminal.
constexpr unsigned default_columns = 100;

struct FitOptions {
  std::vector<std::string> models;
  DeviceOptions device;
  QuestionOptions asked;
  std::string placement = std::string(place_name(PlaceAsked::automatic));
  bool explain = false, largest = false, all = false;
};

/// The models that were named, or all of the catalogue. Error: a name that is not known, with the nearest
/// ones.
tl::expected<std::vector<const ModelShape*>, std::string> models_of(const std::vector<std::string>& names,
                                                                    NamedModels& named) {
  std::vector<const ModelShape*> models;
  for (const std::string& name : names) {
    const auto model = named.find(name);
    if (!model) return tl::unexpected(model.error());
    models.push_back(*model);
  }
  if (names.empty())
    for (const ModelShape& model : all_models())
      if (!model.made) models.push_back(&model);
  return models;
}

/// The questions to answer: one in the format asked for, one in the best format, or one in each format.
/// Error: the format is not known, with those there are.
tl::expected<std::vector<Question>, std::string> questions_of(QuestionOptions options) {
  const bool each = options.format == "all";
  if (each) options.format.clear();
  const auto question = question_of(options);
  if (!question) return tl::unexpected(question.error() + ", or all");
  std::vector<Question> questions;
  if (!each) return std::vector<Question>{*question};
  for (const FileFormat& format : kernel_file_formats()) {
    questions.push_back(*question);
    questions.back().format = format.id;
  }
  return questions;
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const std::string_view name : known_engines()) names.emplace_back(name);
  return names;
}

std::vector<std::string> places() {
  std::vector<std::string> names;
  for (const PlaceAsked place : {PlaceAsked::automatic, PlaceAsked::cpu, PlaceAsked::gpu, PlaceAsked::split})
    names.emplace_back(place_name(place));
  return names;
}

/// Whether every named model fits in at least one of its formats and its speed is known. Where none was
/// named: whether that holds of any model.
bool yes(const std::vector<Verdict>& verdicts, bool named) {
  std::map<std::string, bool> fits;
  for (const Verdict& v : verdicts)
    fits[v.needs.model] |= v.fits == true && v.judgement.answer != Answer::unknown;
  const auto fit_one = [](const auto& model) { return model.second; };
  return named ? std::all_of(fits.begin(), fits.end(), fit_one)
               : std::any_of(fits.begin(), fits.end(), fit_one);
}

/// Keeps the model with the most parameters of those that run with the whole `context` that was asked for;
/// none where no model does.
void keep_largest(std::vector<Verdict>& verdicts, uint32_t context) {
  const Verdict* largest = nullptr;
  for (const Verdict& v : verdicts) {
    if (v.needs.task != Task::chat || !runs(v.judgement.answer) || v.needs.context < context) continue;
    if (!largest || v.needs.params > largest->needs.params) largest = &v;
  }
  verdicts = largest ? std::vector<Verdict>{*largest} : std::vector<Verdict>{};
}

bool any_on_gpu(const std::vector<Verdict>& verdicts) {
  return std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.placement.on_gpu(); });
}

/// What is wrong where --placement asks for a GPU and the device has none; else empty.
std::string no_gpu(const Capacity& capacity, const Question& question) {
  const bool asked = question.place == PlaceAsked::gpu || question.place == PlaceAsked::split;
  if (!asked || !capacity.gpus.empty()) return "";
  return fmt::format(
      "--placement {}: no GPU of {} is known through Vulkan (a software one is none); `weighin probe` says "
      "why",
      place_name(question.place), capacity.device);
}

/// Says which option would be passed over in silence; empty: none.
std::string passed_over(const FitOptions& options, const Invocation& invocation, bool by_specs) {
  if (options.explain && (invocation.json || invocation.csv))
    return "--explain is text: leave out --json and --csv";
  if (by_specs && options.placement != place_name(PlaceAsked::automatic))
    return fmt::format(
        "--placement {}: the device is known by its specs, which are of one part; name its processor or its "
        "GPU",
        options.placement);
  if (!by_specs && runs_as_called(options.device.runs_as) != RunsAs::native)
    return fmt::format(
        "--as {}: this device was measured, or is this machine, with the memory that it has; "
        "--as is for devices that are known by their specs",
        options.device.runs_as);
  return "";
}

void run_fit(const FitOptions& options, Invocation& invocation) {
  NamedModels named(invocation.host);
  const auto models = models_of(options.models, named);
  if (!models) return fail(invocation, models.error());
  auto questions = questions_of(options.asked);
  if (!questions) return fail(invocation, questions.error());
  for (Question& question : *questions) question.place = *find_place(options.placement);
  const auto device = asked_device(options.device, invocation);
  if (!device) return fail(invocation, device.error());
  const Question& first = questions->front();
  const bool by_specs = !device->capacity.rule.empty();  // its GPU, where it has one, is the device itself
  if (const std::string problem = passed_over(options, invocation, by_specs); !problem.empty())
    return fail(invocation, problem);
  if (!by_specs)
    if (const std::string problem = no_gpu(device->capacity, first); !problem.empty())
      return fail(invocation, problem);
  std::vector<Verdict> verdicts;
  for (const ModelShape* model : *models) {
    for (const Question& question : *questions) {
      verdicts.push_back(weigh_model(*model, question, *device));
      if (!model->file_format.empty() || !model->undisclosed.empty()) break;  // its format is its own
    }
  }
  if (options.largest) keep_largest(verdicts, first.context);
  const auto accuracy = [&] {
    if (!device->any_measured()) return published_accuracy_sentence();
    const MeasuredDevice& measured = *device->measured;
    std::string text = measured_accuracy_sentence(measured.verifications, first.engine,
                                                  isa_of(measured.measurements), &measured.costs);
    if (!text.empty() && any_on_gpu(verdicts)) text += "; nothing of it was measured on a GPU";
    return text;
  };
  std::vector<CpuOrGpu> compared;
  if (first.place == PlaceAsked::automatic && !invocation.csv) {
    Question question = first;
    if (options.asked.format == "all") question.format.reset();
    compared = cpu_or_gpu(question, *device);
  }
  std::string text;
  if (invocation.json) {
    text = verdicts_json(verdicts, device->capacity, first, accuracy(), compared);
  } else if (invocation.csv) {
    text = verdicts_csv(verdicts);
  } else if (verdicts.empty()) {
    text = fmt::format("None of {} models runs on {}.\n", models->size(), device->capacity.device);
  } else if (options.models.empty() && !options.largest && !options.all && !options.explain &&
             options.asked.format != "all") {
    text = summary_text(verdicts, device->capacity, first, accuracy(),
                        terminal_columns(STDOUT_FILENO, default_columns));
  } else {
    text = verdicts_text(verdicts, device->capacity, first, accuracy(), options.explain,
                         terminal_columns(STDOUT_FILENO, default_columns),
                         options.largest || (!options.models.empty() && options.asked.format != "all"),
                         compared);
  }
  std::fputs(text.c_str(), stdout);  // run_command_line() checks whether it could be written
  const bool all_named = !options.models.empty() && !options.largest;
  invocation.exit_code = !verdicts.empty() && yes(verdicts, all_named) ? exit_yes : exit_no;
}

}  // namespace

Command add_fit(Command program, Invocation& invocation) {
  auto options = std::make_shared<FitOptions>();
  const Command command =
      program.subcommand("fit", "Show which models this machine or another device can run, and how fast");
  command.footer(verdict_rules());
  command.option("MODEL", &options->models,
                 "Models by name (weighin models list), file, folder or URL; default: the whole catalogue");
  add_device(command, options->device);
  add_question(command, options->asked, "the best; all: each");
  command.option("--engine", &options->asked.question.engine, "The engine whose speed is predicted")
      .one_of(engine_names())
      .show_default();
  command
      .option("--placement", &options->placement,
              "Where a measured device holds the layers; auto: where that is fastest")
      .one_of(places())
      .show_default();
  command.flag("--all", &options->all,
               "Show every model of the catalogue, not only the best of each size class");
  command.flag("--largest", &options->largest,
               "Answer with the largest of the models that generate text and run, in its best format");
  command.flag("--explain", &options->explain, "Show the predicted time term by term");
  add_json_and_csv(command, invocation, "a verdict");
  add_database(command, invocation);
  command.action([options, &invocation] { run_fit(*options, invocation); });
  return command;
}

}  // namespace weighin
