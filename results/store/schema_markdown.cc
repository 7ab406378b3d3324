#include "results/store/schema_markdown.h"

#include <fmt/format.h>

#include "results/records/measurement_fields.h"
#include "results/store/migrations.h"

namespace weighin {

std::string schema_markdown() {
  std::string text = R"(# The database

`weighin schema` makes this page from the code, and a test checks that it is current. The database is one SQLite file
(in WAL mode) that any `sqlite3` can read.

A measured problem has one row in the table `measurement`. The view `measurements` has one row for each measured kernel
and each size class that uses it; `size_class` is NULL for the machine's own bounds. Count kernels in the table, and
compare classes in the view.

Rows with an `engine` are of that engine's kernels, and all others are of weighin's reference kernels. A query over one
kind of kernels names it: `WHERE engine = ''` for the reference kernels.

## Databases of an older version

The file's `PRAGMA user_version` is the number of migrations that made its tables. A command that writes (`weighin run`,
`weighin verify`) applies the migrations that are missing, in one transaction. A command that only reads says that the
database is older, and changes nothing.

Before the migrations, the database is copied beside itself: `weighin.db` becomes `weighin.db.before-v4` where 4 is the new
version. The copy is first written as `weighin.db.before-v4.part` and then renamed, so that a copy is whole or not there.
A copy of an earlier time is never overwritten; the new one's name then ends in `-2`, `-3` and so on. The disk must have
twice the database's size to spare, for the copy and for what the migrations write. Where it has less, or the folder cannot
be written, the command says so, and the database stays as it was. To go back to an older weighin, put the copy in the
database's place. weighin never deletes copies; delete them when you no longer want to go back.

## Table `measurement`

| column | type | what it is |
|---|---|---|
)";
  text += "| id | INTEGER | |\n";
  for (const MeasurementField& field : measurement_fields()) {
    text += fmt::format("| {} | {} | {} |\n", field.name, field.sql_type, field.about);
  }
  text += R"(
## Tables `verification*`

Each run of `weighin verify` has one row in `verification`: what the engine says that it ran on (`build`, `backend`,
`cpu_variant`, `gpu`; empty where it says nothing), and its peak resident memory (NULL where it is not known) beside the
predicted. Each phase has one row in `verification_phase`: tokens/s (the median of the samples) beside the prediction that
was made before the run. `verification_part` holds what that prediction was made of: for each kind of operation (and format
of products), the number of operations in one step and the seconds that weighin's own kernels take for them. The engine's
efficiency is learned from these.

## Tables `gpu` and `gpu_tuning`

Each GPU that the probe saw through Vulkan has one row in `gpu`; numbers are 0 where the driver does not say. Software
rasterizers are among them and marked. `measurement.gpu` is its `id`. Each kernel on a GPU under one driver version has one
row in `gpu_tuning`: the parameters that a short search found best, and the seconds that they took.

## Table `kernel_race`

Each operation and format that a device's CPU has several kernels for has one row: the kernel that a short race found
fastest, the next fastest, and the share by which that takes longer (`margin`). `weighin run`, `verify` and `decode` take
the winner. Delete a device's rows to have the races held again.
)";
  for (size_t i = 0; i < migrations().size(); ++i) {
    text += fmt::format("\n## Migration {}\n\n```sql{}```\n", i + 1, migrations()[i]);
  }
  return text;
}

}  // namespace weighin
