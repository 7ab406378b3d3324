#include "harness/cli/measure/child_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace weighin {

Command add_child_command(Command program, Invocation& invocation, const char* name, const char* description,
                          ChildMeasuring measure) {
  const Command child = program.subcommand(name, description);
  auto job = std::make_shared<std::string>();
  child.option("job", job.get(), "").required();
  child.action([job, measure = std::move(measure), &invocation] {
    const auto measured = measure(*job, [](const ChildEvent& event) {
      fmt::print("{}\n", event_json(event));
      std::fflush(stdout);
    });
    if (!measured) return fail(invocation, measured.error());
    // The exit handlers are left out: a driver whose GPU was lost may hang in its own, and the threads of an
    // engine's library may still run.
    std::fflush(nullptr);
    std::_Exit(exit_yes);
  });
  return child;
}

}  // namespace weighin
