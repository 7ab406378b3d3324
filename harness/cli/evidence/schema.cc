#include "harness/cli/evidence/schema.h"

#include <cstdio>

#include "results/store/schema_markdown.h"

namespace weighin {

Command add_schema(Command program, Invocation&) {
  const Command command = program.subcommand("schema", "Describe the tables of the database, as Markdown");
  command.action([] { std::fputs(schema_markdown().c_str(), stdout); });
  return command;
}

}  // namespace weighin
