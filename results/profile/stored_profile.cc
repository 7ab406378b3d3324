#include "results/profile/stored_profile.h"

#include <utility>

namespace weighin {

tl::expected<DeviceProfile, std::string> stored_profile(const Store& store, const Device& device,
                                                        Capacity capacity) {
  auto measurements = store.measurements(device.id);
  if (!measurements) return tl::unexpected(measurements.error());
  auto verifications = store.verifications(device.id);
  if (!verifications) return tl::unexpected(verifications.error());
  auto of_engines = store.measurements(device.id, KernelsOf::engines);
  if (!of_engines) return tl::unexpected(of_engines.error());
  DeviceProfile profile = measured_profile(std::move(capacity), std::move(*measurements),
                                           std::move(*verifications), std::move(*of_engines), device.cpu);
  if (!profile.any_measured()) add_published(profile, device.cpu, device.cores);
  return profile;
}

tl::expected<DeviceProfile, std::string> stored_profile(const Store& store, const Device& device) {
  return stored_profile(store, device, stored_capacity(device));
}

}  // namespace weighin
