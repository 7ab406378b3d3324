// weighin coverage: which share of some users, or of a fleet, runs a model.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "harness/cli/load_device.h"
#include "harness/cli/named_models.h"
#include "harness/cli/question_options.h"
#include "harness/cli/size_option.h"
#include "results/coverage/coverage_text.h"

namespace weighin {
namespace {

struct CoverageOptions {
  std::string model, population;
  QuestionOptions asked;
  double most_download_bytes = 0;
  double link_bits_s = 0;
  bool json = false, csv = false;
};

Units bits_s_units() {
  return {.factors = {{"bit", 1}, {"kbit", 1e3}, {"Mbit", 1e6}, {"Gbit", 1e9}},
          .name = "RATE",
          .dropped_ending = "/s"};
}

tl::expected<Population, std::string> population_called(const std::string& name) {
  const auto shipped = shipped_populations();
  if (name.empty() || std::find(shipped.begin(), shipped.end(), name) != shipped.end())
    return shipped_population(name.empty() ? "steam" : name);
  return read_population(name);
}

void run_coverage(const CoverageOptions& options, Invocation& invocation) {
  const auto question = question_of(options.asked);
  if (!question) return fail(invocation, question.error());
  CoverageQuestion asked{*question, runs_as_of(options.asked), {}};
  if (options.most_download_bytes > 0)
    asked.most_download_bytes = static_cast<uint64_t>(options.most_download_bytes);
  NamedModels named(invocation.host);
  const auto model = named.find(options.model);
  if (!model) return fail(invocation, model.error());
  const auto population = population_called(options.population);
  if (!population) return fail(invocation, population.error());
  const auto coverage = coverage_of(**model, asked, *population, load_measured_devices(invocation));
  if (!coverage) return fail(invocation, coverage.error());
  const std::optional<double> link =
      options.link_bits_s > 0 ? std::optional(options.link_bits_s) : std::nullopt;
  const std::string text = options.json  ? coverage_json(*coverage, link)
                           : options.csv ? coverage_csv(*coverage)
                                         : coverage_text(*coverage, link);
  std::fputs(text.c_str(), stdout);
}

}  // namespace

void add_coverage(Command program, Invocation& invocation) {
  auto options = std::make_shared<CoverageOptions>();
  const Command command =
      program.subcommand("coverage", "Which share of some users' devices, or of a fleet, runs a model");
  command.footer(
      fmt::format("\nFILE: a CSV with the columns device (as people write it, or the label of a measured "
                  "one) and count or share; others are "
                  "passed over,\n"
                  "but for memory_gib. Shipped, from published shares: {}.",
                  fmt::join(shipped_populations(), ", ")));
  add_database_option(command, invocation);
  command.option("MODEL", &options->model, "A model by name, file, folder or URL").required();
  command.option("--population", &options->population,
                 "Whose devices: FILE, or a shipped one's name; else steam");
  add_question(command, options->asked);
  add_runs_as(command, options->asked);
  command.option("--max-download", &options->most_download_bytes, "Largest download: 500MB")
      .in_units(byte_units())
      .positive();
  command.option("--link", &options->link_bits_s, "Say how long the download takes at such a rate: 50Mbit/s")
      .in_units(bits_s_units())
      .positive();
  const Option json = command.flag("--json", &options->json, "As JSON, with every device");
  command.flag("--csv", &options->csv, "As CSV, one row a device").excludes(json);
  command.action([options, &invocation] { run_coverage(*options, invocation); });
}

}  // namespace weighin
