#include "harness/cli/measure/probe_children.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "probes/gpu/nvml_child.h"
#include "probes/gpu/vulkan_child.h"

namespace weighin {
namespace {

/// Prints what `ask` returns and ends the program. What a driver prints meanwhile is discarded.
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
  // The drivers' exit handlers are left out, because they may crash.
  _exit(exit_yes);
}

}  // namespace

Command add_vulkan_child(Command program, Invocation&) {
  auto manifest = std::make_shared<std::string>();
  const Command command = program.subcommand(vulkan_child_command, "Print Vulkan devices as JSON");
  command.option("--driver", manifest.get(), "The manifest of the one driver to ask");
  command.action([manifest] { answer_apart([&] { return vulkan_devices_json(*manifest); }); });
  return command;
}

Command add_nvml_child(Command program, Invocation&) {
  const Command command = program.subcommand(nvml_child_command, "Print NVIDIA's GPUs as JSON");
  command.action([] { answer_apart(nvml_gpus_json); });
  return command;
}

}  // namespace weighin
