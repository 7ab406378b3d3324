#include "harness/cli/measure/measuring.h"

#include <fmt/format.h>

#include "harness/cli/measure/interrupt.h"
#include "harness/cli/measure/onnx_kernels.h"
#include "harness/cli/measure/progress.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/units.h"

namespace weighin {
namespace {

std::string summary(const SessionResult& result, const std::string& database) {
  const auto rows = [&](Status status) { return result.rows[static_cast<size_t>(status)]; };
  std::string text = fmt::format("run {}{}: {} measured", result.run, result.resumed ? ", resumed" : "",
                                 rows(Status::measured));
  for (const Status status : {Status::skipped, Status::unsupported, Status::failed, Status::wrong})
    if (rows(status)) text += fmt::format(", {} {}", rows(status), status_name(status));
  if (result.outcome == Outcome::budget) text += " (the budget ended; --resume goes on)";
  if (result.outcome == Outcome::interrupted) text += " (interrupted; --resume goes on)";
  text += fmt::format("; kept in {}\n", database);
  if (result.scaling)
    text +=
        fmt::format("whole matrices take {:.2f} times what their slabs say ({:.2f} to {:.2f}, {} pairs)\n",
                    result.scaling->mid, result.scaling->low, result.scaling->high, result.scaling->pairs);
  if (!result.working_set.empty())
    text += fmt::format("weights were read from {} MiB, where memory begins\n",
                        result.working_set.back().bytes >> 20);
  for (const std::string& gpu : result.gpus) text += gpu + "\n";
  for (const std::string& warning : result.warnings) text += fmt::format("warning: {}\n", warning);
  return text;
}

}  // namespace

Option add_session_options(Command command, SessionOptions& options) {
  const Option budget =
      command.option("--budget", &options.budget_s, "Time to measure for, such as 90s or 5m")
          .in_units(time_units())
          .check([](const std::string& text) {
            return text.find_first_not_of("0.") == std::string::npos || text.starts_with('-')
                       ? "\"" + text + "\" is no time to spend: give one above zero, such as 90s"
                       : std::string();
          })
          .show_default("90s");
  add_label(command, options.label);
  return budget;
}

std::optional<SessionResult> measure_machine(Invocation& invocation, const Machine& machine,
                                             const SessionOptions& options, const EngineOptions& engine) {
  const auto items = session_plan(machine, options);
  if (!items) {
    fail(invocation, items.error());
    return std::nullopt;
  }
  watch_for_interrupt();
  const auto result = [&] {
    ProgressLine line;
    return run_session(invocation.host, machine, invocation.database, *items, options, interrupted,
                       [&](const RunProgress& progress) { line.show(progress); });
  }();
  if (!result) {
    fail(invocation, result.error());
    return std::nullopt;
  }
  fmt::print(stderr, "{}", summary(*result, invocation.database));
  const bool go_on = result->outcome != Outcome::interrupted && options.flags.given.empty();
  const bool onnx_alone = engine.libraries == onnxruntime_word;
  if (go_on && !onnx_alone && !measure_engine_kernels(invocation, machine, options, result->run, engine))
    return std::nullopt;
  if (go_on && (onnx_alone || engine.libraries == "auto") && !interrupted() &&
      !measure_onnx_kernels(invocation, machine, options, result->run, engine))
    return std::nullopt;
  if (result->outcome == Outcome::interrupted) invocation.exit_code = exit_interrupted;
  return *result;
}

}  // namespace weighin
