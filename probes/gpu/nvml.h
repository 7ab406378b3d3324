// NVIDIA's GPUs, as its management library (NVML) reports them. The library may be of another version than
// the kernel's driver, and it may hang with the driver. It is therefore only loaded in a child process.
#pragma once

#include <string>
#include <vector>

#include "probes/host/host.h"
#include "probes/machine/gpu.h"

namespace weighin {

struct NvmlGpu {
  std::string name;  // of a card that is divided (MIG): the slice's, "NVIDIA A100-SXM4-40GB MIG 1g.5gb"
  std::string pci;   // "0000:01:00.0"
  uint32_t vendor_id = 0, device_id = 0;
  bool without_memory = false;  // NVML says that it has no memory of its own
  Fact<uint64_t> memory_total_bytes;
  Fact<uint64_t> memory_free_bytes;  // now
  GpuSensors sensors;
};

/// Runs the child process, with a time limit, if an NVIDIA driver is present.
Fact<std::vector<NvmlGpu>> nvml_gpus(const Host& host);

/// Reads the child's answer. The reason of an absent fact is what the child said, or that its answer could
/// not be read.
Fact<std::vector<NvmlGpu>> nvml_gpus_from_json(const std::string& text);

}  // namespace weighin
