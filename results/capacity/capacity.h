// What a device gives to a model: memory, storage, its GPUs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probes/devices/spec.h"
#include "probes/gpu/webgpu_limits.h"
#include "results/capacity/limit.h"
#include "results/records/device.h"
#include "results/records/measurement.h"

namespace weighin {

/// A GPU that may hold a model or some of its layers.
struct GpuCapacity {
  std::string id;  // probes/gpu/vulkan.h: whose measurements are its
  std::string name, driver, driver_version;
  bool unified = false;             // its memory is the machine's, which counts once
  uint64_t memory_total_bytes = 0;  // 0: not known
  uint64_t memory_bytes = 0;        // usable
  bool free_now = false;            // it is what is free now
  std::string rule;                 // the same in words: "free now", "the total less 1 GiB"
  uint64_t max_storage_buffer_range = 0, max_allocation_bytes = 0, max_allocations = 0;  // 0: not known
  WebgpuLimits webgpu;                                                                   // in a browser
};

/// What the device gives: memory and storage that may be used, its measurements, the threads they may use.
struct Capacity {
  std::string device;         // label
  uint64_t memory_bytes = 0;  // usable
  LimitKind memory_kind =
      LimitKind::unknown;  // which of them it is that binds; unknown: it could not be read
  uint64_t memory_total_bytes =
      0;            // could be had after freeing: total less the reserve, under every hard limit
  bool now = true;  // available now, or a stored device's total less the reserve
  /// Of a device known by its specs, how much of its memory that is; its storage is not asked for.
  std::string rule;
  std::optional<uint64_t> storage_free_bytes;
  /// What runs a model there where no GPU is named; of a device known by its specs the part asked for.
  DevicePart part = DevicePart::cpu;
  std::vector<GpuCapacity> gpus;  // software ones are none
  std::vector<std::string> warnings;
};

/// This machine now.
Capacity capacity_now(const Machine& machine);
/// A stored device: total memory less a reserve for the system.
Capacity stored_capacity(const Device& device);

/// Where what is free now is not known, the most that `weighin run --allocate` could have is what may be
/// used.
void use_allocated(Capacity& capacity, std::span<const Measurement> measurements);

/// Adds a warning for each GPU of which `measurements` say no speed: that it was not measured and what would,
/// or what its measurements came to.
void warn_of_unmeasured_gpus(Capacity& capacity, std::span<const Measurement> measurements);

}  // namespace weighin
