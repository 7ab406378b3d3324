#include "harness/cli/measure/run_engine.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "harness/engines/ggml/child.h"

namespace weighin {

Command add_run_engine(Command program, Invocation& invocation) {
  const Command child =
      program.subcommand(engine_child_command, "Measure an engine's kernels and tell in JSON");
  auto job = std::make_shared<std::string>();
  child.option("job", job.get(), "").required();
  child.action([job, &invocation] {
    const auto read = engine_job_from_json(*job);
    if (!read) return fail(invocation, read.error());
    measure_engine(*read, [](const GpuEvent& event) {
      fmt::print("{}\n", event_json(event));
      std::fflush(stdout);
    });
    // The exit handlers are left out: the library's threads may still run.
    std::fflush(nullptr);
    std::_Exit(exit_yes);
  });
  return child;
}

}  // namespace weighin
