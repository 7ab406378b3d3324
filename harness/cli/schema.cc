// weighin schema: docs/schema.md, made from the code.
#include <fmt/format.h>

#include "harness/cli/command.h"
#include "results/store.h"

namespace weighin {

void add_schema(CLI::App& app, Invocation&) {
  app.add_subcommand("schema", "Describe the database's tables, as Markdown")->callback([] {
    fmt::print("{}", schema_markdown());
  });
}

}  // namespace weighin
