// weighin accuracy: predictions held against published measurements.
#include <cstdio>
#include <memory>

#include "harness/cli/command.h"
#include "results/accuracy.h"

namespace weighin {
namespace {

struct AccuracyOptions {
  std::string rows;
  bool json = false;
};

void run_accuracy(const AccuracyOptions& options, Invocation& invocation) {
  const auto table = PublishedTable::read_file(options.rows);
  if (!table) return fail(invocation, table.error());
  const auto lines = accuracy_of(*table);
  if (lines.empty())
    return fail(invocation, options.rows + ": no row has a measurement (tg_tps, pp_tps or mem_gib_used)");
  std::fputs((options.json ? accuracy_json(lines) : accuracy_text(lines)).c_str(), stdout);
}

}  // namespace

void add_accuracy(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<AccuracyOptions>();
  CLI::App* command = app.add_subcommand(
      "accuracy", "How right predictions from specs are, held against a table of published measurements");
  command
      ->add_option("ROWS", options->rows,
                   "Published rows (CSV): predict's columns, and tg_tps, pp_tps, mem_gib_used")
      ->required();
  command->add_flag("--json", options->json, "As JSON");
  command->callback([options, &invocation] { run_accuracy(*options, invocation); });
}

}  // namespace weighin
