#include "harness/cli/measure/run_gpu.h"

#include <filesystem>

#include "harness/cli/measure/child_command.h"
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
  return add_child_command(
      program, invocation, gpu_child_command, "Measure a GPU and tell in JSON",
      [&invocation](const std::string& text, const auto& tell) -> tl::expected<void, std::string> {
        const auto job = job_from_json(text);
        if (!job) return tl::unexpected(job.error());
        hold_loader_to_driver_of(job->manifest, invocation.host);
        measure_gpu(*job, tell);
        return {};
      });
}

}  // namespace weighin
