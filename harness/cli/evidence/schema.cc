// weighin schema: docs/schema.md, made from the code.
#include <cstdio>

#include "harness/cli/command.h"
#include "results/store/store.h"

namespace weighin {

void add_schema(CLI::App& app, Invocation&) {
  app.add_subcommand("schema", "Describe the database's tables, as Markdown")->callback([] {
    std::fputs(schema_markdown().c_str(), stdout);
  });
}

}  // namespace weighin
