// weighin predict: a table of machines and models in, a table of predictions from specs out.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

#include "harness/cli/command.h"
#include "results/accuracy/predicted_csv.h"

namespace weighin {
namespace {

struct PredictOptions {
  std::string rows, out;
};

void run_predict(const PredictOptions& options, Invocation& invocation) {
  const auto table = PublishedTable::read_file(options.rows);
  if (!table) return fail(invocation, table.error());
  const std::string csv = predicted_csv(*table);
  if (options.out.empty()) {
    std::fputs(csv.c_str(), stdout);  // whether it arrived is looked at once, in run_command_line
    return;
  }
  std::ofstream file(options.out, std::ios::binary);
  file << csv;
  file.close();
  if (!file) fail(invocation, fmt::format("{}: cannot be written: {}", options.out, std::strerror(errno)));
}

}  // namespace

void add_predict(Command program, Invocation& invocation) {
  auto options = std::make_shared<PredictOptions>();
  const Command command = program.subcommand(
      "predict", "Speeds and memory of a table of machines and models, from specs alone, with 80% intervals");
  command.footer(
      "\nROWS.csv: a header, then one machine and model a row. Columns, in any order, blank or missing where "
      "not known:\n"
      "model, params_b, active_params_b, quant, model_bytes; device, chip_class, mem_bandwidth_gbs, mem_gib, "
      "n_devices,\n"
      "threads, backend, engine, date; ctx_or_depth, pp_tokens, tg_tokens. The catalogues know what a row "
      "leaves out.\n"
      "PRED.csv: row (from 0), tg_tps, tg_low, tg_high, pp_tps, pp_low, pp_high (tokens/s), mem_gib, basis, "
      "why; a row\n"
      "that cannot be answered says why.");
  command.option("ROWS", &options->rows, "The table (CSV)").required();
  command.option("--out", &options->out, "Where to write the predictions; else standard output");
  command.action([options, &invocation] { run_predict(*options, invocation); });
}

}  // namespace weighin
