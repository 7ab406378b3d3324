// What a published row says of its device: a class, bandwidth and peak arithmetic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "probes/devices/name.h"
#include "results/spec/published_row.h"

namespace weighin {

/// Classes of devices that turn bandwidth and arithmetic into tokens in the same proportion.
enum class SpecClass : uint8_t {
  nvidia_gpu,
  nvidia_soc,  // on the processor's memory: Jetson, GB10
  amd_gpu,
  amd_apu,
  intel_gpu,
  apple_gpu,
  phone_gpu,
  x86_cpu,
  arm_cpu,
  phone_cpu,
  apple_cpu,
  npu,
  browser,
};
inline constexpr size_t spec_classes = 13;
std::string_view class_name(SpecClass device);
bool is_cpu(SpecClass device);

enum class SpecBackend : uint8_t { native, vulkan, rocm, opencl };

struct SpecDevice {
  SpecClass device = SpecClass::nvidia_gpu;
  SpecBackend backend = SpecBackend::native;
  double bandwidth = 0;  // bytes/s of one device
  double peak = 0;       // operations/s that quantized products are bound by (peak_of_part); 0: not known
  double vector_peak =
      0;  // operations/s in fp32 without matrix units: what one token's products use; 0: not known
  double memory_gib = 0;       // of one device; 0: not known
  double count = 1;            // devices
  bool stacked = false;        // high-bandwidth memory
  bool plain_simd = false;     // a CPU without 8-bit dot products or AVX2
  bool tensor_cores = false;   // NVIDIA's cards with them
  bool early_matrix = false;   // NVIDIA's tensor cores of before Ampere, without copies beside the arithmetic
  bool late_matrix = false;    // Apple's M5: matrix units that engines of before Metal 4 pass by
  bool discrete = false;       // its memory is its own: what does not fit lies behind a bus
  bool maker_unknown = false;  // described by numbers alone: its class is an assumption
  std::string_view name;       // of the catalogue, empty: not in it
};

/// The peak arithmetic of `part`, in operations/s, that binds quantized products. Where the peak of 8-bit
/// integers is known, it is a quarter of that (tensor cores, dot products; this is the rate of 16-bit
/// floats with sums in fp32 on GeForce cards). Where matrix units compute 16-bit floats, it is half of
/// their peak (Volta's multiply no integers). Else it is the peak of floats. 0: neither is known.
double peak_of_part(const DeviceSpec& device, const PartSpec& part);

/// Resolves the device. Error: neither the row nor the catalogue gives a bandwidth.
tl::expected<SpecDevice, std::string> spec_device_of_row(const PublishedRow& row);

/// The same of a device of the catalogue or one described.
SpecDevice spec_device(const DeviceSpec& device, DevicePart part);

}  // namespace weighin
