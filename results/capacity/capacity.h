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

/// The memory of a GPU that may hold a model, or some of its layers, and what its driver allows.
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

/// What a device gives to a model: memory, storage and GPUs.
struct Capacity {
  std::string device;         // label
  uint64_t memory_bytes = 0;  // usable
  LimitKind memory_kind =
      LimitKind::unknown;  // which of them it is that binds; unknown: it could not be read
  uint64_t memory_total_bytes =
      0;            // could be had after freeing: total less the reserve, under every hard limit
  bool now = true;  // available now, or a stored device's total less the reserve
  /// For a device that is known by its specifications: the rule by which `memory_bytes` was taken from
  /// its total, in words. Storage is not part of such an answer. Empty for a device that was probed.
  std::string rule;
  std::optional<uint64_t> storage_free_bytes;
  /// The part that runs a model where no GPU is chosen. Of a device that is known by its specifications
  /// it is the part that was asked for.
  DevicePart part = DevicePart::cpu;
  std::vector<GpuCapacity> gpus;  // software ones are none
  std::vector<std::string> warnings;
};

/// The capacity of this machine as it is now.
Capacity capacity_now(const Machine& machine);
/// The capacity of a stored device: its total memory less a reserve for the system.
Capacity stored_capacity(const Device& device);

/// For GPUs whose free memory is not known, takes the largest amount that `weighin run --allocate` could
/// get.
void use_allocated(Capacity& capacity, std::span<const Measurement> measurements);

/// Adds a warning for each GPU without a measured speed. It says that the GPU was not measured and which
/// command measures it, or what its measurements came to.
void warn_of_unmeasured_gpus(Capacity& capacity, std::span<const Measurement> measurements);

}  // namespace weighin
