// weighin accuracy: predictions held against measurements, of engines run here and published ones.
#include <cstdio>
#include <memory>

#include "harness/cli/command.h"
#include "harness/cli/load_device.h"
#include "results/accuracy/accuracy_text.h"
#include "results/accuracy/published.h"

namespace weighin {
namespace {

struct AccuracyOptions {
  std::string rows;
  std::string split;
  bool json = false;
};

void score_table(const AccuracyOptions& options, Invocation& invocation) {
  const auto table = PublishedTable::read_file(options.rows);
  if (!table) return fail(invocation, table.error());
  const auto lines =
      accuracy_of_rows(*table, {.split = options.split == "all" ? "" : options.split, .doubtful = true});
  if (lines.empty())
    return fail(invocation, options.rows + ": no row has a measurement (tg_tps, pp_tps or mem_gib_used)" +
                                (options.split.empty() ? "" : " in that split"));
  std::fputs((options.json ? accuracy_json(lines) : accuracy_text(lines)).c_str(), stdout);
}

void run_accuracy(const AccuracyOptions& options, Invocation& invocation) {
  if (!options.rows.empty()) return score_table(options, invocation);
  const auto device = load_device("", invocation);
  if (!device) return fail(invocation, device.error());
  const AccuracyReport report =
      accuracy_report(device->measured->verifications, options.split.empty() ? "test" : options.split);
  std::fputs((options.json ? accuracy_report_json(report) : accuracy_report_text(report)).c_str(), stdout);
}

}  // namespace

void add_accuracy(Command program, Invocation& invocation) {
  auto options = std::make_shared<AccuracyOptions>();
  const Command command =
      program.subcommand("accuracy", "How right predictions are: of engines run here, and of published rows");
  command.footer(
      "\nWithout ROWS: engines that `weighin verify` ran on this machine, and the published rows that ship "
      "with "
      "weighin.\nEach chip of those is in one split for good: fit, or test, which is kept for testing.");
  command.option("ROWS", &options->rows,
                 "Published rows (CSV) instead: predict's columns, and tg_tps, pp_tps, mem_gib_used");
  command
      .option("--split", &options->split,
              "Rows of that split alone; default test of the shipped ones, all of ROWS")
      .one_of({"fit", "test", "all"});
  command.flag("--json", &options->json, "As JSON");
  add_database_option(command, invocation);
  command.action([options, &invocation] { run_accuracy(*options, invocation); });
}

}  // namespace weighin
