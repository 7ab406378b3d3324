// GPUs as the kernel shows them in /sys.
#pragma once

#include <string>
#include <vector>

#include "probes/host/host.h"
#include "probes/machine/gpu.h"

namespace weighin {

struct SysfsGpu {
  std::string name;                       // the card's product name, or its vendor and PCI ids
  std::string pci;                        // "0000:03:00.0"; empty: the GPU is part of a chip
  std::string render_node;                // "renderD128"; empty: there is none
  std::string kernel_driver;              // "amdgpu"; empty: no driver is bound
  uint32_t vendor_id = 0, device_id = 0;  // PCI ids
  bool unified = false;                   // part of the processor: its memory is the machine's
  Fact<uint64_t> vram_total_bytes;
  Fact<uint64_t> vram_free_bytes;  // now
  Fact<uint64_t> gtt_total_bytes;  // of the machine's memory, what the kernel lets a unified AMD GPU map
  Fact<uint64_t> gtt_free_bytes;   // now
  GpuSensors sensors;              // from hwmon
};

/// Lists the PCI display devices of AMD, Intel and NVIDIA, AMD's accelerators, and the GPUs of ARM chips that
/// have a render node. The displays of a server's management chip and of virtual machines cannot compute, so
/// they are left out.
std::vector<SysfsGpu> sysfs_gpus(const Host& host);

}  // namespace weighin
