#include "harness/run/measure_gpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/gpu/session.h"
#include "models/text/utc_time.h"

namespace weighin {

std::vector<const VulkanDevice*> gpus_to_measure(const Machine& machine, const SessionOptions& options) {
  std::vector<const VulkanDevice*> gpus;
  if (!machine.vulkan.value || options.cpu_alone) return gpus;
  for (const VulkanDevice& device : *machine.vulkan.value)
    if (!device.id.empty() && (!device.software || options.force_software)) gpus.push_back(&device);
  return gpus;
}

tl::expected<void, std::string> measure_gpus(
    const Host& host, const Machine& machine, const SessionOptions& options, Store& store,
    const std::function<tl::expected<void, std::string>(const Measurement&)>& record, const OpenedRun& opened,
    const std::function<bool()>& stop, const std::function<void(const RunProgress&)>& progress,
    SessionResult& result) {
  const auto gpus = gpus_to_measure(machine, options);
  for (const VulkanDevice* gpu : gpus) {
    if (stop()) break;
    const double budget_s = gpu_share * options.budget_s / static_cast<double>(gpus.size());
    GpuJob job = job_for(*gpu, budget_s, opened.already);
    job.only = options.only;
    job.full = options.full;
    job.allocate = options.allocate;
    auto tuned = store.tunings(gpu->id, gpu->driver_version);
    if (!tuned) return tl::unexpected(tuned.error());
    job.tuned = std::move(*tuned);
    const auto begin = std::chrono::steady_clock::now();
    const GpuHooks hooks{.stop = stop,
                         .record = record,
                         .keep_tuning =
                             [&](GpuTuning tuning) {
                               tuning.driver_version = gpu->driver_version;
                               tuning.tuned_at = utc_text(host.now());
                               return store.put_tuning(tuning);
                             },
                         .progress =
                             [&](size_t begun, size_t items) {
                               const std::chrono::duration<double> passed =
                                   std::chrono::steady_clock::now() - begin;
                               progress({.done = begun,
                                         .items = std::max(begun, items),
                                         .elapsed_s = passed.count(),
                                         .left_s = std::max(0.0, budget_s - passed.count()),
                                         .what = gpu->name});
                             }};
    const auto outcome = measure_in_child(host, std::move(job), hooks);
    if (!outcome) return tl::unexpected(outcome.error());
    std::string text = fmt::format("{}: {} measured through Vulkan", gpu->name, outcome->measured);
    if (gpu->software) text += " (software, for tests: never offered as a GPU)";
    if (outcome->budget_ended) result.outcome = Outcome::budget;
    for (const std::string& failure : outcome->failures) text += fmt::format("; {}", failure);
    result.gpus.push_back(std::move(text));
  }
  if (stop()) result.outcome = Outcome::interrupted;
  return {};
}

}  // namespace weighin
