#include "harness/cli/all_commands.h"

#include "harness/cli/ask/coverage.h"
#include "harness/cli/ask/fit.h"
#include "harness/cli/ask/memory.h"
#include "harness/cli/ask/shrink.h"
#include "harness/cli/evidence/accuracy.h"
#include "harness/cli/evidence/commands_markdown.h"
#include "harness/cli/evidence/predict.h"
#include "harness/cli/evidence/report.h"
#include "harness/cli/evidence/schema.h"
#include "harness/cli/look_up/devices.h"
#include "harness/cli/look_up/models.h"
#include "harness/cli/measure/probe.h"
#include "harness/cli/measure/probe_children.h"
#include "harness/cli/measure/run.h"
#include "harness/cli/measure/run_engine.h"
#include "harness/cli/measure/run_gpu.h"
#include "harness/cli/measure/verify.h"
#include "harness/cli/measure/weigh_in.h"
#include "harness/cli/tools/decode.h"
#include "harness/cli/tools/synth.h"

namespace weighin {
namespace {

/// A command's heading in --help, where it has none if it is not for users, and what adds it.
struct Row {
  const char* heading;
  Command (*add)(Command program, Invocation& invocation);
};

constexpr Row rows[] = {
    {"Measure", add_probe},   {"Measure", add_run},        {"Measure", add_verify},
    {"Ask", add_fit},         {"Ask", add_shrink},         {"Ask", add_memory},
    {"Ask", add_coverage},    {"Look up", add_models},     {"Look up", add_devices},
    {"Evidence", add_report}, {"Evidence", add_accuracy},  {"Evidence", add_predict},
    {"Evidence", add_schema}, {"Tools", add_synth},        {"Tools", add_decode},
    {"", add_vulkan_child},   {"", add_nvml_child},        {"", add_run_gpu},
    {"", add_run_engine},     {"", add_commands_markdown},
};

}  // namespace

void add_all_commands(CommandLine& line, Invocation& invocation) {
  const Command program = line.program();
  add_weigh_in(program, invocation);
  for (const Row& row : rows) row.add(program, invocation).heading(row.heading);
}

}  // namespace weighin
