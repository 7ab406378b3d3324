// GPUs as the kernel shows them below /sys.
#pragma once

#include <string>
#include <vector>

#include "probes/host/host.h"
#include "probes/machine/gpu.h"

namespace weighin {

struct SysfsGpu {
  std::string name;                       // the card's product name, or its vendor and number of PCI
  std::string pci;                        // "0000:03:00.0", or empty: part of a chip
  std::string render_node;                // "renderD128", or empty
  std::string kernel_driver;              // "amdgpu", or empty: none is bound
  uint32_t vendor_id = 0, device_id = 0;  // of PCI
  Fact<uint64_t> vram_total_bytes;
  Fact<uint64_t> vram_free_bytes;  // now
  GpuSensors sensors;              // hwmon's
};

/// PCI's display devices of AMD, Intel and NVIDIA, AMD's accelerators, and the GPUs of ARM chips that have a
/// render node. Displays of servers' management chips and of virtual machines compute nothing and are left
/// out.
std::vector<SysfsGpu> sysfs_gpus(const Host& host);

}  // namespace weighin
