// What a GPU is, as Vulkan, the kernel and NVIDIA's library report it.
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
  std::optional<uint64_t> free_bytes;  // now, if the driver reports it
};

/// The temperature, power and clock of a GPU, now.
struct GpuSensors {
  Fact<double> temperature_c;
  Fact<double> power_w;
  Fact<double> power_limit_w;
  Fact<double> clock_mhz;  // of the cores
};

/// A GPU as Vulkan shows it.
struct VulkanDevice {
  std::string id;  // vulkan_device_id (probes/gpu/vulkan.h)
  std::string name;
  std::string driver;
  std::string driver_version;
  std::string type;  // "discrete", "integrated", "virtual", "cpu", "other"
  std::string api_version;
  bool software = false;  // a rasterizer that runs on the CPU; it is never offered as a GPU
  bool unified = false;   // uses the machine's memory
  std::vector<VulkanHeap> heaps;
  Fact<uint64_t> memory_total_bytes;  // its own memory, or what it can use of the machine's
  Fact<uint64_t> memory_free_bytes;   // now
  uint64_t max_storage_buffer_range = 0;
  uint64_t max_allocation_bytes = 0;
  uint32_t max_allocations = 0;
  uint32_t vendor_id = 0, device_id = 0;  // PCI ids
  std::string pci;                        // PCI address, "0000:01:00.0"; empty: none is known
  uint32_t subgroup_size = 0, max_group_threads = 0, max_shared_bytes = 0;
  bool float16 = false, int8 = false,
       storage16 = false;  // arithmetic on f16 and int8; 16-bit numbers in buffers
  bool integer_dot = false, integer_dot_accelerated = false;
  bool cooperative_matrix = false;
  std::vector<std::string> cooperative_matrices;          // shapes of a subgroup: "16x16x16 f16 x f16 + f32"
  uint32_t min_subgroup_size = 0, max_subgroup_size = 0;  // 0: the subgroup size is fixed
  uint64_t max_buffer_bytes = 0;                          // 0: the driver does not report it
  bool storage8 = false;                                  // 8-bit numbers in buffers
  bool conformant = false;      // the driver reports which conformance tests it passed
  std::string render_node;      // "renderD128"; empty: not known
  std::string driver_manifest;  // name of the manifest, if the loader was told to load this driver alone
  std::vector<std::string> also_through;  // other drivers that show the same GPU
  GpuSensors sensors;
};

/// A GPU that the kernel or its vendor's library shows, but Vulkan does not.
struct GpuWithoutVulkan {
  std::string name;  // its vendor and PCI ids, if it has no name
  std::string pci;   // PCI address, "0000:01:00.0"; empty: none
  uint32_t vendor_id = 0, device_id = 0;
  std::string kernel_driver;  // "amdgpu"; empty: no driver is bound
  std::string reason;         // why Vulkan does not show it, as far as is known
  Fact<uint64_t> memory_total_bytes;
  Fact<uint64_t> memory_free_bytes;  // now
  GpuSensors sensors;
};

}  // namespace weighin
