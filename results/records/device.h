// A device as it is kept: who it is, what it has in all, and everything that the probes saw of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/machine/machine.h"

namespace weighin {

/// A device as the store keeps it: what fit needs in columns, everything the probes saw as JSON.
struct Device {
  std::string id;
  std::string label;
  std::string cpu;
  uint32_t cores = 0;
  uint32_t threads = 0;
  uint64_t memory_bytes = 0;            // total; 0: not known
  uint64_t memory_available_bytes = 0;  // when last probed, under every limit
  std::string memory_limit;             // what binds: "RAM", "cgroup", ...
  uint64_t memory_limit_bytes = 0;      // the lowest hard limit (cgroup, ulimit) if any, else 0
  uint64_t storage_free_bytes = 0;
  std::string probed_at;  // UTC, ISO 8601
  std::string facts_json;
  /// The GPUs, each with the fields that the store keeps (probes/machine/vulkan_device_fields.h), by name.
  /// Empty: it could not be seen which GPUs there are.
  std::optional<std::vector<VulkanDevice>> gpus = std::nullopt;
};

/// The device that a probed machine is stored as, with its GPUs.
Device device_of(const Machine& machine, const std::string& probed_at);

}  // namespace weighin
