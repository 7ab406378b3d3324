#include "results/profile/device_profile.h"

#include <algorithm>
#include <utility>

namespace weighin {

MeasuredDevice::MeasuredDevice(std::vector<Measurement> measurements, std::vector<Verification> verifications,
                               std::vector<Measurement> of_engines, const std::string& processor)
    : measurements(std::move(measurements)),
      verifications(std::move(verifications)),
      of_engines(std::move(of_engines)),
      costs(this->measurements, this->verifications, this->of_engines, processor) {}

bool DeviceProfile::any_measured() const {
  return measured && std::any_of(measured->measurements.begin(), measured->measurements.end(),
                                 [](const Measurement& m) { return m.status == Status::measured; });
}

DeviceProfile measured_profile(Capacity capacity, std::vector<Measurement> measurements,
                               std::vector<Verification> verifications, std::vector<Measurement> of_engines,
                               const std::string& processor) {
  use_allocated(capacity, measurements);
  warn_of_unmeasured_gpus(capacity, measurements);
  return {.capacity = std::move(capacity),
          .measured = std::make_shared<const MeasuredDevice>(
              std::move(measurements), std::move(verifications), std::move(of_engines), processor),
          .published = std::nullopt};
}

DeviceProfile published_profile(const PublishedDevice& device) {
  return {.capacity = published_capacity(device),
          .measured =
              std::make_shared<const MeasuredDevice>(std::vector<Measurement>{}, std::vector<Verification>{}),
          .published = device};
}

DeviceProfile memory_profile(uint64_t bytes) {
  Capacity capacity;
  capacity.device = "a target";
  capacity.memory_bytes = capacity.memory_total_bytes = bytes;
  capacity.memory_kind = LimitKind::target;
  capacity.now = false;
  return measured_profile(std::move(capacity), {});
}

void add_published(DeviceProfile& profile, const std::string& processor, uint32_t cores) {
  if (const auto named = find_device(processor)) {
    PublishedDevice device{*named, RunsAs::native};
    device.named.part = DevicePart::cpu;  // a processor with a GPU inside is asked as a processor
    const DeviceSpec& spec = *named->device;
    const bool whole = cores == 0 || cores >= spec.cpu.cores;
    if (whole && bandwidth_of(spec, DevicePart::cpu).known()) profile.published = std::move(device);
  }
  for (const GpuCapacity& gpu : profile.capacity.gpus) {
    const auto named = find_device(gpu.name);
    if (!named || named->part != DevicePart::gpu) continue;
    if (bandwidth_of(*named->device, DevicePart::gpu).known())
      profile.published_gpus.emplace(gpu.id, PublishedDevice{*named, RunsAs::native});
  }
  if (profile.published || !profile.published_gpus.empty())
    profile.capacity.warnings.emplace_back(
        "nothing was measured here: speeds are predicted from published specifications (weighin run "
        "measures)");
}

}  // namespace weighin
