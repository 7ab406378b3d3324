// The published specification of a device: its memory, bandwidth and peak arithmetic.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// The kind of a device. It decides the tier, the memory budgets and the part that is meant by default.
enum class DeviceKind : uint8_t {
  phone,
  tablet,
  soc,  // the chip of a phone or board, whatever it is built into
  laptop_gpu,
  desktop_gpu,
  workstation_gpu,
  datacenter_gpu,
  integrated_gpu,  // uses the processor's memory, whichever processor it is part of
  unified,         // shares one memory with its GPU and is bought for it: Apple M, Strix Halo, GB10
  laptop,
  chromebook,
  mini_pc,
  board,
  cpu,
  server,
  tpu,
  accelerator,
};
std::string_view device_kind_name(DeviceKind kind);
std::span<const DeviceKind> all_device_kinds();
/// Whether a device of this kind has memory of its own: graphics cards and accelerators of data centres. All
/// others share the memory of their processor.
bool has_own_memory(DeviceKind kind);

/// How a published number was checked. The catalogue of models has the same (models/shape/shape.h).
enum class SpecChecked : uint8_t {
  read,      // read at its source or in a stored copy of it
  derived,   // computed from numbers that were read: bus width x rate, units x clock x operations
  recalled,  // neither; it may be wrong, so that a prediction from it has a wider interval
};
std::string_view spec_checked_name(SpecChecked checked);

/// One published number. `value` is 0 if none is known.
struct SpecNumber {
  double value = 0;
  SpecChecked checked = SpecChecked::recalled;
  std::string source;

  bool known() const { return value > 0; }
};

/// The arithmetic of one part of a device. Peaks are without structured sparsity, in 1e12 operations/s. A
/// multiplication with its addition counts as two operations.
struct PartSpec {
  std::string name;           // "Adreno 750", "Radeon 780M", "8P+4E"
  std::string isa;            // the widest instruction set of a CPU for this work: "avx2", "avx512vnni",
                              // "neon-dotprod", "neon-i8mm"
  unsigned cores = 0;         // CPU cores, or the GPU cores of an Apple GPU; 0: not known
  bool matrix_units = false;  // fp16_tflops is that of tensor, matrix or WMMA units
  /// With sums in fp32, as engines compute. GPUs that halve this rate have the halved one here. If it is
  /// below fp32_tflops (Pascal), engines compute in fp32.
  SpecNumber fp16_tflops;
  SpecNumber fp32_tflops;
  SpecNumber int8_tops;
  SpecNumber bandwidth_gbs;  // only if this part cannot use all of the device's

  bool there() const { return !name.empty() || cores > 0 || fp16_tflops.known() || fp32_tflops.known(); }
};

/// The part of a device that a name means.
enum class DevicePart : uint8_t { cpu, gpu, npu };
std::string_view device_part_name(DevicePart part);

/// One device. A product (a phone, a mini PC) has the bandwidth and the parts of its chip.
struct DeviceSpec {
  std::string name;  // as its vendor writes it, "NVIDIA GeForce RTX 4070 Laptop GPU"
  std::vector<std::string> aliases;
  DeviceKind kind = DeviceKind::cpu;
  std::string vendor;
  std::string chip;    // the SoC or processor of a product, the die of a GPU; may be empty
  unsigned year = 0;   // in which it was first sold; 0: not known
  unsigned count = 1;  // how many of its chips it has: a DGX H100 has eight
  /// Every memory size that it is sold with, in GiB, the commonest first. Empty if the buyer fits the memory.
  std::vector<double> memory_gib;
  SpecNumber memory_checked;   // value: the first size; checked: how the sizes are known
  bool unified = false;        // processor and GPU share the memory, or there is only a processor
  bool memory_fitted = false;  // in sockets; bandwidth is the official maximum and may be lower
  SpecNumber bandwidth_gbs;    // 1e9 bytes/s, the theoretical peak
  PartSpec cpu, gpu, npu;
  DevicePart usual_part = DevicePart::cpu;  // the part that is meant if a name says none
  std::string remark;
};

const PartSpec& part_of(const DeviceSpec& device, DevicePart part);

/// The bandwidth that `part` can use.
const SpecNumber& bandwidth_of(const DeviceSpec& device, DevicePart part);

/// Which of the numbers that a prediction for `part` takes were recalled and not read: "bandwidth_gbs",
/// "fp16_tflops".
std::vector<std::string> recalled_numbers(const DeviceSpec& device, DevicePart part);

}  // namespace weighin
