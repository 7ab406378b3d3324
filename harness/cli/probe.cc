#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "harness/cli/command.h"
#include "probes/machine.h"
#include "probes/storage.h"
#include "probes/vulkan.h"

namespace weighin {

namespace {

struct ProbeOptions {
  bool json = false;
  bool measure = false;
  std::string label;
};

void carry_out(const ProbeOptions& options, const Invocation& invocation) {
  Machine machine = probe_machine(invocation.host);
  if (!options.label.empty()) machine.label = options.label;
  if (options.measure) machine.storage.read_bytes_per_s = measure_storage(models_folder(invocation.host));
  std::puts((options.json ? machine_json(machine) : machine_text(machine)).c_str());
}

}  // namespace

void add_probe(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<ProbeOptions>();
  CLI::App* command =
      app.add_subcommand("probe", "What this machine is: memory, processor, storage, GPUs; only reads");
  command->add_flag("--json", options->json, "As JSON; what cannot be read as {\"absent\": reason}");
  command->add_flag("--measure", options->measure, "Also measure storage speed with a temporary file");
  command->add_option("--label", options->label, "Name this device, e.g. pi5-07");
  command->callback([options, &invocation] { carry_out(*options, invocation); });

  // Hidden: run as a child by the Vulkan probe, because drivers may crash.
  CLI::App* child = app.add_subcommand(vulkan_child_command, "Vulkan devices as JSON")->group("");
  child->callback([] {
    fmt::print("{}\n", vulkan_devices_json());
    std::fflush(stdout);
    // Drivers' exit handlers have nothing to add and may crash.
    _exit(exit_yes);
  });
}

}  // namespace weighin
