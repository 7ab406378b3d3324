#include "results/coverage/smallest_device.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "probes/devices/catalogue.h"
#include "results/fit/speed_published.h"
#include "results/fit/weigh.h"

namespace weighin {
namespace {

/// The device with the least memory that suffices, if any does.
std::optional<DeviceRun> least_memory_run(const Request& request, const DeviceSpec& device, RunsAs runs_as) {
  std::vector<double> sizes = device.memory_gib;
  std::sort(sizes.begin(), sizes.end());
  for (const double gib : sizes) {
    const PublishedDevice target{{.device = &device,
                                  .part = device.usual_part,
                                  .memory_gib = gib,
                                  .assumed = {},
                                  .recalled = recalled_numbers(device, device.usual_part)},
                                 runs_as};
    Verdict verdict = weigh(request, published_profile(target));
    if (!runs(verdict.judgement.answer)) continue;
    return DeviceRun{&device,
                     device.usual_part,
                     gib,
                     bandwidth_of(device, device.usual_part).value,
                     tier_of(device, gib),
                     std::move(verdict)};
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::vector<DeviceRun>, std::string> devices_that_run(
    const ModelShape& model, const Question& question, RunsAs runs_as,
    const std::function<bool(const DeviceSpec&)>& among) {
  if (auto known = answered_by_specs(model); !known) return tl::unexpected(known.error());
  const Request request = request_of(model, question);
  std::vector<DeviceRun> found;
  for (const DeviceSpec& device : all_devices())
    if (among(device))
      if (auto run = least_memory_run(request, device, runs_as)) found.push_back(std::move(*run));
  std::stable_sort(found.begin(), found.end(), [](const DeviceRun& a, const DeviceRun& b) {
    return std::tie(a.memory_gib, a.bandwidth_gbs) < std::tie(b.memory_gib, b.bandwidth_gbs);
  });
  return found;
}

}  // namespace weighin
