// weighin schema: docs/schema.md, made from the code.
#include <cstdio>

#include "harness/cli/command.h"
#include "results/store/store.h"

namespace weighin {

void add_schema(Command program, Invocation&) {
  program.subcommand("schema", "Describe the database's tables, as Markdown").action([] {
    std::fputs(schema_markdown().c_str(), stdout);
  });
}

}  // namespace weighin
