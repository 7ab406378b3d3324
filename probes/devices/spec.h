// What is published of a device that nobody here can touch: its memory, bandwidth and peak arithmetic.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// What kind of thing a name stands for. By it the tier, the memory budgets and the part that is meant by
/// default are chosen.
enum class DeviceKind : uint8_t {
  phone,
  tablet,
  soc,  // a phone's or board's chip, in whatever it is built into
  laptop_gpu,
  desktop_gpu,
  workstation_gpu,
  datacenter_gpu,
  integrated_gpu,  // draws on the processor's memory, whichever processor it is in
  unified,         // processor and GPU on one memory, bought for its GPU: Apple M, Strix Halo, GB10
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
/// A graphics card and a data centre's accelerator have memory of their own; all else shares its processor's.
bool has_own_memory(DeviceKind kind);

/// How a published number was checked. A model's catalogue has the like (models/shape/shape.h).
enum class SpecChecked : uint8_t {
  read,      // read at its source, or in a stored copy of it
  derived,   // computed from numbers that were read: bus width x rate, units x clock x operations
  recalled,  // neither; it may be wrong, and a prediction on it has a wider interval
};
std::string_view spec_checked_name(SpecChecked checked);

/// One published number. `value` is 0 where none is known.
struct SpecNumber {
  double value = 0;
  SpecChecked checked = SpecChecked::recalled;
  std::string source;

  bool known() const { return value > 0; }
};

/// The arithmetic of one part of a device. Peaks are dense ones (no structured sparsity), in 1e12
/// operations/s, where a multiplication with its addition is two.
struct PartSpec {
  std::string name;    // "Adreno 750", "Radeon 780M", "8P+4E"
  std::string isa;     // a CPU's widest set for this work: "avx2", "avx512vnni", "neon-dotprod", "neon-i8mm"
  unsigned cores = 0;  // CPU cores; of an Apple GPU its GPU cores; 0: not known
  bool matrix_units = false;  // fp16_tflops is of tensor, matrix or WMMA units
  /// With sums in fp32, as engines compute; on GPUs that halve that rate, the halved one. Where it is below
  /// fp32_tflops (Pascal), engines compute in fp32.
  SpecNumber fp16_tflops;
  SpecNumber fp32_tflops;
  SpecNumber int8_tops;
  SpecNumber bandwidth_gbs;  // only where this part cannot draw all of the device's

  bool there() const { return !name.empty() || cores > 0 || fp16_tflops.known() || fp32_tflops.known(); }
};

/// The part of a device that a name means.
enum class DevicePart : uint8_t { cpu, gpu, npu };
std::string_view device_part_name(DevicePart part);

/// One device. Of a product (a phone, a mini PC) bandwidth and parts are its chip's.
struct DeviceSpec {
  std::string name;  // as its vendor writes it, "NVIDIA GeForce RTX 4070 Laptop GPU"
  std::vector<std::string> aliases;
  DeviceKind kind = DeviceKind::cpu;
  std::string vendor;
  std::string chip;  // of a product its SoC or processor, of a GPU its die; may be empty
  unsigned year = 0;
  /// Every size it is sold with, in GiB, commonest first; empty where the buyer fits the memory.
  std::vector<double> memory_gib;
  SpecNumber memory_checked;   // value: the first size; how the sizes are known
  bool unified = false;        // processor and GPU share the memory, or there is a processor alone
  bool memory_fitted = false;  // in sockets: bandwidth is the official maximum, and may be less
  SpecNumber bandwidth_gbs;    // 1e9 bytes/s, theoretical
  PartSpec cpu, gpu, npu;
  DevicePart usual_part = DevicePart::cpu;  // the part meant where a name says none
  std::string remark;
};

const PartSpec& part_of(const DeviceSpec& device, DevicePart part);

/// The bandwidth that `part` can draw.
const SpecNumber& bandwidth_of(const DeviceSpec& device, DevicePart part);

/// Which of the numbers that a prediction for `part` takes are recalled and not read: "bandwidth_gbs",
/// "fp16_tflops".
std::vector<std::string> recalled_numbers(const DeviceSpec& device, DevicePart part);

}  // namespace weighin
