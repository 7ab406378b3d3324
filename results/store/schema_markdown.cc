#include <fmt/format.h>

#include "results/records/measurement_fields.h"
#include "results/store/migrations.h"
#include "results/store/store.h"

namespace weighin {

std::string schema_markdown() {
  std::string text =
      "# The database\n\nMade by `weighin schema` from the code; a test holds it current. One SQLite file "
      "(WAL), "
      "readable by any `sqlite3`.\n\n"
      "A measured problem stands once in table `measurement`. View `measurements` has one row a measured "
      "kernel and "
      "size class that uses it (`size_class` is NULL for the machine's own bounds), so count kernels in the "
      "table and "
      "compare classes in the view.\n\n## Table `measurement`\n\n| column | type | what it is "
      "|\n|---|---|---|\n";
  text += "| id | INTEGER | |\n";
  for (const MeasurementField& field : measurement_fields()) {
    text += fmt::format("| {} | {} | {} |\n", field.name, field.sql_type, field.about);
  }
  text +=
      "\n## Tables `verification*`\n\nOne row of `verification` a run of `weighin verify`: what the engine "
      "says that "
      "it ran on (`build`, `backend`, `cpu_variant`, `gpu`; empty where it says nothing), peak resident "
      "memory "
      "(NULL: not known) beside the predicted. One row of `verification_phase` a phase: tokens/s (the "
      "samples' "
      "median) beside the prediction made before the run. `verification_part` holds what that prediction was "
      "made of: for each kind of operation (and format of products) how many one step has and the seconds "
      "that "
      "weighin's own kernels take for them, from which the engine's efficiency is learned.\n\n"
      "## Tables `gpu` and `gpu_tuning`\n\nOne row of `gpu` a GPU that the probe saw through Vulkan (numbers "
      "are 0 where the driver does not say), software rasterizers among them and marked; `measurement.gpu` "
      "is "
      "its `id`. One row of `gpu_tuning` a kernel on a GPU under one driver version: the parameters that a "
      "short search found best, and the seconds they took.\n";
  for (size_t i = 0; i < migrations().size(); ++i) {
    text += fmt::format("\n## Migration {}\n\n```sql{}```\n", i + 1, migrations()[i]);
  }
  return text;
}

}  // namespace weighin
