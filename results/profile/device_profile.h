// A device profile: what a device gives to a model, and what is known of its speed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "results/capacity/capacity.h"
#include "results/measured/cost_model.h"
#include "results/profile/published_device.h"
#include "results/records/measurement.h"
#include "results/records/verification.h"

namespace weighin {

/// What was measured on a device, and the cost model made of it once.
struct MeasuredDevice {
  MeasuredDevice(std::vector<Measurement> measurements, std::vector<Verification> verifications,
                 std::vector<Measurement> of_engines = {}, const std::string& processor = {});
  MeasuredDevice(const MeasuredDevice&) = delete;  // the cost model refers to the measurements
  MeasuredDevice& operator=(const MeasuredDevice&) = delete;

  std::vector<Measurement> measurements;    // those that came to nothing as well
  std::vector<Verification> verifications;  // runs of engines on it
  std::vector<Measurement> of_engines;      // of engines' own kernels
  CostModel costs;
};

/// Cheap to copy: what was measured is shared.
struct DeviceProfile {
  Capacity capacity;
  std::shared_ptr<const MeasuredDevice> measured;  // never nullptr in what the functions below make
  /// The device, or this machine's processor, in the catalogue of published devices; empty where it is not
  /// there.
  std::optional<PublishedDevice> published;
  /// The GPUs of `capacity` that are in the catalogue, by their id.
  std::map<std::string, PublishedDevice, std::less<>> published_gpus = {};

  /// Whether any problem was measured on it.
  bool any_measured() const;
};

/// Of what was measured; the capacity learns from it what memory a GPU really gives, and which GPUs were not
/// measured.
DeviceProfile measured_profile(Capacity capacity, std::vector<Measurement> measurements,
                               std::vector<Verification> verifications = {},
                               std::vector<Measurement> of_engines = {}, const std::string& processor = {});

/// Of a device that is known by its published specifications alone.
DeviceProfile published_profile(const PublishedDevice& device);

/// Memory of `bytes`, of no device in particular: nothing is known of its speed.
DeviceProfile memory_profile(uint64_t bytes);

/// Looks up the processor called `processor` and the GPUs of `profile.capacity` in the catalogue, for the
/// speed of what was not measured. A name that is not in the catalogue leaves the profile as it is; so does a
/// machine with fewer `cores` (0: not known) than the processor has, a virtual machine most likely: which
/// share of the published bandwidth it gets is unknown.
void add_published(DeviceProfile& profile, const std::string& processor, uint32_t cores);

}  // namespace weighin
