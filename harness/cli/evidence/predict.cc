#include "harness/cli/evidence/predict.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

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
    std::fputs(csv.c_str(), stdout);  // run_command_line() checks whether it could be written
    return;
  }
  std::ofstream file(options.out, std::ios::binary);
  file << csv;
  file.close();
  if (!file) fail(invocation, fmt::format("{}: cannot be written: {}", options.out, std::strerror(errno)));
}

}  // namespace

Command add_predict(Command program, Invocation& invocation) {
  auto options = std::make_shared<PredictOptions>();
  const Command command = program.subcommand(
      "predict", "Predict speeds and memory for a table of machines and models, from specs alone");
  command.footer(
      "ROWS is a CSV file: a header, then one machine and model a row. Its columns may stand in any order, "
      "and\n"
      "be blank or missing where they are not known:\n"
      "  model, params_b, active_params_b, quant, model_bytes; device, chip_class, mem_bandwidth_gbs, "
      "mem_gib,\n"
      "  n_devices, threads, backend, engine, date; ctx_or_depth, pp_tokens, tg_tokens\n"
      "The catalogues supply what a row leaves out. The answer is a CSV file with 80% intervals:\n"
      "  row (from 0), tg_tps, tg_low, tg_high, pp_tps, pp_low, pp_high (tokens/s), mem_gib, basis, why\n"
      "A row that cannot be answered says why.");
  command.option("ROWS", &options->rows, "The table, a CSV file").required();
  command.option("--out", &options->out, "Where to write the predictions; default: standard output")
      .type_name("FILE");
  command.action([options, &invocation] { run_predict(*options, invocation); });
  return command;
}

}  // namespace weighin
