#include <fmt/format.h>

#include "results/measurement_fields.h"
#include "results/migrations.h"
#include "results/store.h"

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
  for (size_t i = 0; i < migrations().size(); ++i) {
    text += fmt::format("\n## Migration {}\n\n```sql{}```\n", i + 1, migrations()[i]);
  }
  return text;
}

}  // namespace weighin
