#include "harness/cli/measure/run_engine.h"

#include "harness/cli/measure/child_command.h"
#include "harness/engines/ggml/child.h"

namespace weighin {

Command add_run_engine(Command program, Invocation& invocation) {
  return add_child_command(program, invocation, engine_child_command,
                           "Measure an engine's kernels and tell in JSON",
                           [](const std::string& text, const auto& tell) -> tl::expected<void, std::string> {
                             const auto job = engine_job_from_json(text);
                             if (!job) return tl::unexpected(job.error());
                             measure_engine(*job, tell);
                             return {};
                           });
}

}  // namespace weighin
