#include "harness/cli/measure/probe.h"

#include <cstdio>
#include <memory>

#include "harness/cli/shared_options.h"
#include "probes/all_probes.h"
#include "probes/machine/machine.h"
#include "probes/machine/machine_json.h"
#include "probes/machine/machine_text.h"
#include "probes/system/storage.h"

namespace weighin {
namespace {

struct ProbeOptions {
  bool measure = false;
  std::string label;
};

void carry_out(const ProbeOptions& options, const Invocation& invocation) {
  Machine machine = probe_machine(invocation.host);
  if (!options.label.empty()) machine.label = options.label;
  if (options.measure) machine.storage.read_bytes_per_s = measure_storage(models_folder(invocation.host));
  std::puts((invocation.json ? machine_json(machine) : machine_text(machine)).c_str());
}

}  // namespace

Command add_probe(Command program, Invocation& invocation) {
  auto options = std::make_shared<ProbeOptions>();
  const Command command =
      program.subcommand("probe", "Show what this machine is: memory, processor, storage, GPUs; only reads");
  command.flag("--measure", &options->measure, "Also measure the speed of storage, with a temporary file");
  add_label(command, options->label);
  add_json(command, invocation, "; what cannot be read is {\"absent\": reason}");
  command.action([options, &invocation] { carry_out(*options, invocation); });
  return command;
}

}  // namespace weighin
