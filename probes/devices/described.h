// A device described by its numbers, where no catalogue has it.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "probes/devices/spec.h"

namespace weighin {

/// What a command line may say of a device, as typed; empty: not said.
struct DeviceDescription {
  std::string name;       // what to call it; else "described device"
  std::string kind;       // a device_kind_name; else desktop_gpu, cpu or accelerator, by the part
  std::string bandwidth;  // "120GB/s", "1.8 TB/s"; a bare number is GB/s
  std::string memory;     // "16GiB", "24GB"; a bare number is GiB
  std::string tflops;     // fp16, dense: "8", "82.6 TFLOPS", "900 GFLOPS"
  std::string tops;       // int8, dense: "45"
  std::string part;       // "cpu", "gpu" or "npu"; else gpu
};

/// The device so described, with one part. Its numbers count as read, from their describer. Bandwidth and
/// memory are needed; peak arithmetic is not, and without it nothing can be said of prefill. Error: what is
/// missing or out of range, and the range: 1 GB/s to 100 TB/s, 64 MiB to 16 TiB, 0.001 to 100,000 TFLOPS or
/// TOPS.
tl::expected<DeviceSpec, std::string> describe_device(const DeviceDescription& description);

}  // namespace weighin
