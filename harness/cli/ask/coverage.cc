#include "harness/cli/ask/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "harness/cli/device_options.h"
#include "harness/cli/load_device.h"
#include "harness/cli/named_models.h"
#include "harness/cli/question_options.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/units.h"
#include "results/coverage/coverage_text.h"

namespace weighin {
namespace {

struct CoverageOptions {
  std::string model, population;
  QuestionOptions asked;
  std::string runs_as{runs_as_name(RunsAs::native)};
  double most_download_bytes = 0;
  double link_bits_s = 0;
};

tl::expected<Population, std::string> population_called(const std::string& name) {
  const auto shipped = shipped_populations();
  if (name.empty() || std::find(shipped.begin(), shipped.end(), name) != shipped.end())
    return shipped_population(name.empty() ? "steam" : name);
  return read_population(name);
}

void run_coverage(const CoverageOptions& options, Invocation& invocation) {
  const auto question = question_of(options.asked);
  if (!question) return fail(invocation, question.error());
  CoverageQuestion asked{*question, runs_as_called(options.runs_as), {}};
  if (options.most_download_bytes > 0)
    asked.most_download_bytes = static_cast<uint64_t>(options.most_download_bytes);
  NamedModels named(invocation.host);
  const auto model = named.find(options.model);
  if (!model) return fail(invocation, model.error());
  const auto population = population_called(options.population);
  if (!population) return fail(invocation, population.error());
  const auto measured = load_measured_devices(invocation);
  if (!measured) return fail(invocation, measured.error());
  const auto coverage = coverage_of(**model, asked, *population, *measured);
  if (!coverage) return fail(invocation, coverage.error());
  const std::optional<double> link =
      options.link_bits_s > 0 ? std::optional(options.link_bits_s) : std::nullopt;
  const std::string text = invocation.json  ? coverage_json(*coverage, link)
                           : invocation.csv ? coverage_csv(*coverage)
                                            : coverage_text(*coverage, link);
  std::fputs(text.c_str(), stdout);
}

}  // namespace

Command add_coverage(Command program, Invocation& invocation) {
  auto options = std::make_shared<CoverageOptions>();
  const Command command =
      program.subcommand("coverage", "Show which share of some users' devices, or of a fleet, runs a model");
  command.footer(fmt::format(
      "A population is a CSV file with the columns device (as people write it, or the label of a measured\n"
      "one) and count or share. It may have memory_gib; other columns are passed over. These ship with\n"
      "weighin, from published shares: {}.",
      fmt::join(shipped_populations(), ", ")));
  add_model(command, options->model);
  command
      .option("--population", &options->population,
              "Whose devices: a CSV file, or the name of one that ships; default: steam")
      .type_name("NAME|FILE");
  add_question(command, options->asked);
  add_runs_as(command, options->runs_as);
  command
      .option("--max-download", &options->most_download_bytes,
              "The largest download that users accept, such as 500MB")
      .in_units(byte_units())
      .positive();
  command
      .option("--link", &options->link_bits_s,
              "Also say how long the download takes at this rate, such as 50Mbit/s")
      .in_units(rate_units())
      .positive();
  add_json_and_csv(command, invocation, "a device");
  add_database(command, invocation);
  command.action([options, &invocation] { run_coverage(*options, invocation); });
  return command;
}

}  // namespace weighin
