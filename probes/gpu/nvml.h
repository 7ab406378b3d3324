// NVIDIA's GPUs by its management library (NVML). It may be of another version than the kernel's driver, or
// hang with it, so it is only ever loaded in a child process.
#pragma once

#include <string>
#include <vector>

#include "probes/host/host.h"
#include "probes/machine/gpu.h"

namespace weighin {

struct NvmlGpu {
  std::string name;
  std::string pci;  // "0000:01:00.0"
  uint32_t vendor_id = 0, device_id = 0;
  Fact<uint64_t> memory_total_bytes;
  Fact<uint64_t> memory_free_bytes;  // now
  GpuSensors sensors;
};

/// Runs the child where there is a driver of NVIDIA's to ask, with a time limit.
Fact<std::vector<NvmlGpu>> nvml_gpus(const Host& host);

/// The child's answer. Error (as the absent fact's reason): what the child said, or that it said nonsense.
Fact<std::vector<NvmlGpu>> nvml_gpus_from_json(const std::string& text);

}  // namespace weighin
