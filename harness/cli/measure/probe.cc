#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "harness/cli/command.h"
#include "probes/all_probes.h"
#include "probes/gpu/nvml_child.h"
#include "probes/gpu/vulkan_child.h"
#include "probes/machine/machine.h"
#include "probes/machine/machine_json.h"
#include "probes/machine/machine_text.h"
#include "probes/system/storage.h"

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

/// Prints what `ask` says and ends. What a driver prints meanwhile goes nowhere, however much it is.
template <class Ask>
void answer_apart(Ask ask) {
  const int answer = dup(STDOUT_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
  const std::string text = ask() + "\n";
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t more = write(answer, text.data() + sent, text.size() - sent);
    if (more < 0 && errno != EINTR) _exit(exit_error);
    if (more > 0) sent += static_cast<size_t>(more);
  }
  // Drivers' exit handlers have nothing to add and may crash.
  _exit(exit_yes);
}

}  // namespace

void add_probe(Command program, Invocation& invocation) {
  auto options = std::make_shared<ProbeOptions>();
  const Command command =
      program.subcommand("probe", "What this machine is: memory, processor, storage, GPUs; only reads");
  command.flag("--json", &options->json, "As JSON; what cannot be read as {\"absent\": reason}");
  command.flag("--measure", &options->measure, "Also measure storage speed with a temporary file");
  command.option("--label", &options->label, "Name this device, e.g. pi5-07");
  command.action([options, &invocation] { carry_out(*options, invocation); });

  // Hidden: run as a child by the Vulkan probe, because drivers may crash.
  auto manifest = std::make_shared<std::string>();
  const Command child = program.subcommand(vulkan_child_command, "Vulkan devices as JSON");
  child.heading("");
  child.option("--driver", manifest.get(), "The manifest of the one driver to ask");
  child.action([manifest] { answer_apart([&] { return vulkan_devices_json(*manifest); }); });

  const Command nvml = program.subcommand(nvml_child_command, "NVIDIA's GPUs as JSON");
  nvml.heading("");
  nvml.action([] { answer_apart(nvml_gpus_json); });
}

}  // namespace weighin
