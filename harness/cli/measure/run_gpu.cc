#include "harness/cli/measure/run_gpu.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "harness/gpu/child.h"
#include "probes/gpu/vulkan_child.h"
#include "probes/gpu/vulkan_drivers.h"

namespace weighin {
namespace {

/// Lets the Vulkan loader load the driver of `manifest` alone. The probe names one where another driver
/// crashes.
void hold_loader_to_driver_of(const std::string& manifest, const Host& host) {
  if (manifest.empty()) return;
  for (const std::filesystem::path& file : driver_manifests(host))
    if (file.filename() == manifest) return hold_loader_to(file.string());
}

}  // namespace

Command add_run_gpu(Command program, Invocation& invocation) {
  const Command child = program.subcommand(gpu_child_command, "Measure a GPU and tell in JSON");
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
    // The exit handlers are left out: a driver whose GPU was lost may hang in its own.
    std::fflush(nullptr);
    std::_Exit(exit_yes);
  });
  return child;
}

}  // namespace weighin
