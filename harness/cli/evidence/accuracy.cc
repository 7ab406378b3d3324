#include "harness/cli/evidence/accuracy.h"

#include <cstdio>
#include <memory>

#include "harness/cli/load_device.h"
#include "harness/cli/shared_options.h"
#include "results/accuracy/accuracy_text.h"
#include "results/accuracy/published.h"

namespace weighin {
namespace {

struct AccuracyOptions {
  std::string rows;
  std::string split;
};

void score_table(const AccuracyOptions& options, Invocation& invocation) {
  const auto table = PublishedTable::read_file(options.rows);
  if (!table) return fail(invocation, table.error());
  const auto lines =
      accuracy_of_rows(*table, {.split = options.split == "all" ? "" : options.split, .doubtful = true});
  if (lines.empty())
    return fail(invocation, options.rows + ": no row has a measurement (tg_tps, pp_tps or mem_gib_used)" +
                                (options.split.empty() ? "" : " in that split"));
  std::fputs((invocation.json ? accuracy_json(lines) : accuracy_text(lines)).c_str(), stdout);
}

void run_accuracy(const AccuracyOptions& options, Invocation& invocation) {
  if (!options.rows.empty()) return score_table(options, invocation);
  const auto device = load_device("", invocation);
  if (!device) return fail(invocation, device.error());
  const AccuracyReport report =
      accuracy_report(device->measured->verifications, options.split.empty() ? "test" : options.split);
  std::fputs((invocation.json ? accuracy_report_json(report) : accuracy_report_text(report)).c_str(), stdout);
}

}  // namespace

Command add_accuracy(Command program, Invocation& invocation) {
  auto options = std::make_shared<AccuracyOptions>();
  const Command command = program.subcommand(
      "accuracy", "Show how right predictions are: of engines run here, and of published rows");
  command.footer(
      "Without ROWS: the engines that `weighin verify` ran on this machine, and the published rows that "
      "ship\n"
      "with weighin. Each chip of those rows is in one split for good: fit, or test, which no constant was\n"
      "fitted to.");
  command.option("ROWS", &options->rows,
                 "A CSV file of published rows: predict's columns, and tg_tps, pp_tps, mem_gib_used");
  command
      .option("--split", &options->split,
              "The rows of this split alone; default: test of the shipped rows, all of ROWS")
      .one_of({"fit", "test", "all"});
  add_json(command, invocation);
  add_database(command, invocation);
  command.action([options, &invocation] { run_accuracy(*options, invocation); });
  return command;
}

}  // namespace weighin
