// A device that is described by its numbers because the catalogue lacks it.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "probes/devices/spec.h"

namespace weighin {

/// The description as it was typed on the command line. An empty field was not given.
struct DeviceDescription {
  std::string name;       // what to call it; by default "described device"
  std::string kind;       // a device_kind_name; by default desktop_gpu, cpu or accelerator, by the part
  std::string bandwidth;  // "120GB/s", "1.8 TB/s"; a bare number is GB/s
  std::string memory;     // "16GiB", "24GB"; a bare number is GiB
  std::string tflops;     // fp16, dense: "8", "82.6 TFLOPS", "900 GFLOPS"
  std::string tops;       // int8, dense: "45"
  std::string part;       // "cpu", "gpu" or "npu"; by default gpu
};

/// Makes the device, with one part. Its numbers count as read, since who describes it vouches for them.
/// Bandwidth and memory are needed. Peak arithmetic is not; without it there is no prediction of prefill.
/// Error: what is missing or out of range, and the range: 1 GB/s to 100 TB/s, 64 MiB to 16 TiB, 0.001 to
/// 100,000 TFLOPS or TOPS.
tl::expected<DeviceSpec, std::string> describe_device(const DeviceDescription& description);

}  // namespace weighin
