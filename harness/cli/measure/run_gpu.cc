// weighin run-gpu: the child that measures a GPU for `weighin run`. Not for users.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "harness/cli/command.h"
#include "harness/gpu/child.h"
#include "probes/gpu/vulkan_child.h"
#include "probes/gpu/vulkan_drivers.h"

namespace weighin {
namespace {

/// Where another driver's trouble made the probe ask this one alone, the loader is held to it here too.
void hold_loader_to_driver_of(const std::string& manifest, const Host& host) {
  if (manifest.empty()) return;
  for (const std::filesystem::path& file : driver_manifests(host))
    if (file.filename() == manifest) return hold_loader_to(file.string());
}

}  // namespace

void add_run_gpu(Command program, Invocation& invocation) {
  const Command child = program.subcommand(gpu_child_command, "Measures a GPU and tells in JSON");
  child.heading("");
  auto job = std::make_shared<std::string>();
  child.option("job", job.get(), "").required();
  child.action([job, &invocation] {
    const auto read = job_from_json(*job);
    if (!read) return fail(invocation, read.error());
    hold_loader_to_driver_of(read->manifest, invocation.host);
    measure_gpu(*read, [](const GpuEvent& event) {
      fmt::print("{}\n", event_json(event));
      std::fflush(stdout);
    });
    // A driver whose GPU was lost may hang in its own exit handlers.
    std::fflush(nullptr);
    std::_Exit(exit_yes);
  });
}

}  // namespace weighin
