// What a GPU is, as Vulkan, the kernel and NVIDIA's library show it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/machine/fact.h"

namespace weighin {

struct VulkanHeap {
  uint64_t bytes = 0;
  bool device_local = false;
  std::optional<uint64_t> free_bytes;  // now, where the driver says
};

/// How warm a GPU is and what it draws, now.
struct GpuSensors {
  Fact<double> temperature_c;
  Fact<double> power_w;
  Fact<double> power_limit_w;
  Fact<double> clock_mhz;  // of its cores
};

/// A GPU as Vulkan shows it.
struct VulkanDevice {
  std::string id;  // probes/gpu/vulkan.h
  std::string name;
  std::string driver;
  std::string driver_version;
  std::string type;  // "discrete", "integrated", "virtual", "cpu", "other"
  std::string api_version;
  bool software = false;  // a rasterizer on the CPU: never offered as a GPU
  bool unified = false;   // shares the machine's memory
  std::vector<VulkanHeap> heaps;
  Fact<uint64_t> memory_total_bytes;  // of its own, or of the machine's what it can use
  Fact<uint64_t> memory_free_bytes;   // now
  uint64_t max_storage_buffer_range = 0;
  uint64_t max_allocation_bytes = 0;
  uint32_t max_allocations = 0;
  uint32_t vendor_id = 0, device_id = 0;  // of PCI
  std::string pci;                        // "0000:01:00.0"; empty: it is not known to be on that bus
  uint32_t subgroup_size = 0, max_group_threads = 0, max_shared_bytes = 0;
  bool float16 = false, int8 = false, storage16 = false;  // arithmetic; 16-bit numbers in buffers
  bool integer_dot = false, integer_dot_accelerated = false;
  bool cooperative_matrix = false;
  std::vector<std::string> cooperative_matrices;          // a subgroup's: "16x16x16 f16 x f16 + f32"
  uint32_t min_subgroup_size = 0, max_subgroup_size = 0;  // 0: one size alone
  uint64_t max_buffer_bytes = 0;                          // 0: the driver does not say
  bool storage8 = false;                                  // 8-bit numbers in buffers
  bool conformant = false;                // the driver names the version of the tests that it passed
  std::string render_node;                // "renderD128"; empty: not known
  std::string driver_manifest;            // the file's name, where the loader was held to this driver
  std::vector<std::string> also_through;  // other drivers that show this same GPU
  GpuSensors sensors;
};

/// A GPU that the kernel or its vendor's library shows and Vulkan does not.
struct GpuWithoutVulkan {
  std::string name;  // its vendor and number of PCI where nobody names it
  std::string pci;   // "0000:01:00.0", or empty
  uint32_t vendor_id = 0, device_id = 0;
  std::string kernel_driver;  // "amdgpu", or empty: none is bound
  std::string reason;         // why Vulkan does not show it, as far as is known
  Fact<uint64_t> memory_total_bytes;
  Fact<uint64_t> memory_free_bytes;  // now
  GpuSensors sensors;
};

}  // namespace weighin
