#include "harness/cli/measure/weigh_in.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "harness/cli/load_device.h"
#include "harness/cli/measure/measuring.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/whole_file.h"
#include "models/text/units.h"
#include "probes/all_probes.h"
#include "results/fit/summary.h"
#include "results/report/report.h"

namespace weighin {
namespace {

constexpr unsigned default_columns = 100;

/// The machine in a few lines; `weighin probe` shows everything.
std::string machine_summary(const Machine& machine) {
  const UsableMemory usable = usable_memory(machine.memory);
  std::string text = fmt::format("{}: {}, {} cores, {} threads usable\n", machine.label,
                                 machine.cpu.name.value.value_or("processor not known"),
                                 machine.topology.cores.value.value_or(0),
                                 machine.topology.usable_threads.value.value_or(1));
  text +=
      fmt::format("memory: {:.1f} GiB, {:.1f} GiB usable now ({} binds)\n",
                  in_gib(machine.memory.total_bytes.value.value_or(0)), in_gib(usable.bytes), usable.limit);
  if (machine.storage.free_bytes.value)
    text += fmt::format("storage: {:.0f} GB free\n", in_gb(*machine.storage.free_bytes.value));
  std::string gpus;
  if (machine.vulkan.value) {
    for (const VulkanDevice& device : *machine.vulkan.value) {
      if (device.software) continue;
      gpus += (gpus.empty() ? "" : ", ") + device.name;
      if (device.memory_total_bytes.value)
        gpus += fmt::format(" ({:.1f} GiB)", in_gib(*device.memory_total_bytes.value));
    }
  }
  text += gpus.empty() ? "GPU: none found\n" : fmt::format("GPU: {}\n", gpus);
  for (const std::string& remark : machine.remarks) text += fmt::format("remark: {}\n", remark);
  return text;
}

/// Prints the answers from all that is stored of this machine, and writes the report. Returns whether any
/// model fits.
tl::expected<bool, std::string> answer(const Invocation& invocation) {
  auto loaded = load_stored_device("", invocation);  // with the memory as it is now, after the run
  if (!loaded) return tl::unexpected(loaded.error());
  const ReportInput input = report_input(loaded->device, loaded->profile, std::move(loaded->run), Question{});
  const std::filesystem::path report = report_beside(invocation.database);
  if (auto written = write_whole_file(report, report_html(input)); !written)
    return tl::unexpected(written.error());
  fmt::print("{}The report is {}\n",
             summary_text(input.best, input.capacity, Question{}, input.accuracy,
                          terminal_columns(STDOUT_FILENO, default_columns)),
             report.string());
  return std::any_of(input.best.begin(), input.best.end(), [](const Verdict& v) { return v.fits == true; });
}

void weigh_in(const SessionOptions& options, const EngineOptions& engine, Invocation& invocation) {
  const Machine machine = probe_machine(invocation.host);
  fmt::print("{}\n", machine_summary(machine));
  std::fflush(stdout);
  fmt::print(stderr,
             "weighin loads all cores for about {:.0f} s now; other programs slow it, and it them. "
             "Ctrl-C ends it early and keeps what was measured.\n",
             options.budget_s);
  if (!measure_machine(invocation, machine, options, engine)) return;
  const int measured = invocation.exit_code;
  const auto fits = answer(invocation);
  if (!fits) return fail(invocation, fits.error());
  invocation.exit_code = measured != exit_yes ? measured : *fits ? exit_yes : exit_no;
}

}  // namespace

void add_weigh_in(Command program, Invocation& invocation) {
  auto options = std::make_shared<SessionOptions>();
  auto engine = std::make_shared<EngineOptions>();
  program.footer(
      std::string("Without a command: the whole weigh-in, about 90 s on all cores, then the answers "
                  "and a report.\n"
                  "--json and --db may stand before a command or after it.\n\n") +
      exit_codes_text);
  add_session_options(program, *options);
  add_engine_options(program, *engine);
  add_json(program, invocation, "; of the command that follows");
  add_database(program, invocation);
  program.action([options, engine, &invocation] {
    if (invocation.json)
      return fail(invocation, "plain `weighin` answers in text; for JSON ask `weighin fit --json`");
    weigh_in(*options, *engine, invocation);
  });
}

}  // namespace weighin
