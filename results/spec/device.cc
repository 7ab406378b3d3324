#include "results/spec/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/text/letters.h"

namespace weighin {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

template <size_t n>
bool has_any(const std::string& text, const std::array<std::string_view, n>& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return has(text, part); });
}

/// Accelerators with stacked memory, by their vendors' specifications. The small operations of one token
/// do not use up their bandwidth.
constexpr std::array<std::string_view, 14> stacked_names{"a100", "a30",  "h100",  "h200",  "b100",
                                                         "b200", "b300", "gh200", "gb200", "v100",
                                                         "p100", "mi50", "mi100", "mi2"};
constexpr std::array<std::string_view, 4> more_stacked_names{"mi3", "mi60", "radeon vii", "titan v"};
constexpr std::array<std::string_view, 4> nvidia_socs{"jetson", "gb10", "spark", "thor"};
constexpr std::array<std::string_view, 10> gpu_backends{"vulkan", "rocm", "hip",    "metal",   "cuda",
                                                        "opencl", "gpu",  "webgpu", "core ai", "directml"};

bool is_stacked(const std::string& name) {
  return has_any(name, stacked_names) || has_any(name, more_stacked_names);
}

/// Whether the instruction set of a CPU lacks 8-bit dot products or 256-bit words.
bool is_plain(std::string_view isa) {
  return isa == "neon" || isa.starts_with("sse") || isa.starts_with("ssse") || isa == "avx";
}

bool says_cpu(const std::string& device, const std::string& backend) {
  return has(backend, "cpu") || (backend.empty() && has(device, " cpu"));
}

/// Takes the class from the words of the row, for a device that the catalogue does not have.
SpecClass class_of_words(const std::string& chip, const std::string& device, const std::string& backend) {
  const bool cpu = says_cpu(device, backend);
  if (chip == "browser") return SpecClass::browser;
  if (chip == "mobile") return cpu || backend.empty() ? SpecClass::phone_cpu : SpecClass::phone_gpu;
  if (chip == "apple" || has(device, "apple m")) return cpu ? SpecClass::apple_cpu : SpecClass::apple_gpu;
  const bool nvidia = chip == "nvidia" || has(device, "rtx") || has(device, "gtx") || has(device, "nvidia") ||
                      has(device, "tesla") || has(device, "jetson") || has(backend, "cuda");
  if (has_any(device, nvidia_socs) && nvidia && !has(device, " cpu")) return SpecClass::nvidia_soc;
  if (nvidia && !(cpu && chip != "nvidia")) return SpecClass::nvidia_gpu;
  if (chip == "intel" || has(device, "intel arc") || has(device, "iris") || has(device, "arc pro"))
    return cpu ? SpecClass::x86_cpu : SpecClass::intel_gpu;
  if (!cpu && (chip == "amd" || has(device, "radeon") || has(backend, "rocm")))
    return has(device, "ryzen") || has(device, "80m") || has(device, "90m") || has(device, "8060s")
               ? SpecClass::amd_apu
               : SpecClass::amd_gpu;
  if (chip == "sbc" || has(device, "raspberry") || has(device, "arm") || has(device, "ampere") ||
      has(device, "graviton") || has(device, "altra"))
    return SpecClass::arm_cpu;
  return SpecClass::x86_cpu;
}

SpecClass class_of_spec(const DeviceSpec& spec, DevicePart part) {
  const std::string vendor = lower_case(spec.vendor), name = lower_case(spec.name);
  if (part == DevicePart::npu) return SpecClass::npu;
  const bool phone = spec.kind == DeviceKind::phone || spec.kind == DeviceKind::tablet ||
                     (spec.kind == DeviceKind::soc && spec.gpu.there() && vendor != "rockchip" &&
                      vendor != "broadcom" && vendor != "cix");
  if (part == DevicePart::gpu) {
    if (phone || vendor == "qualcomm") return SpecClass::phone_gpu;
    if (vendor == "apple") return SpecClass::apple_gpu;
    if (vendor == "nvidia") return spec.unified ? SpecClass::nvidia_soc : SpecClass::nvidia_gpu;
    if (vendor == "amd") return spec.unified ? SpecClass::amd_apu : SpecClass::amd_gpu;
    if (vendor == "intel") return SpecClass::intel_gpu;
    // A card without a stated maker counts as AMD's, whose decode efficiency is the middle one of the
    // makers' cards (constants.inc).
    if (vendor.empty() && has_own_memory(spec.kind)) return SpecClass::amd_gpu;
    return has(name, "radeon") || has(name, "ryzen") ? SpecClass::amd_apu : SpecClass::phone_gpu;
  }
  if (phone) return SpecClass::phone_cpu;
  if (vendor == "apple") return SpecClass::apple_cpu;
  const bool arm =
      spec.cpu.isa.starts_with("neon") || spec.cpu.isa.starts_with("sv") || spec.cpu.isa == "sme";
  return arm ? SpecClass::arm_cpu : SpecClass::x86_cpu;
}

SpecBackend backend_of(const std::string& backend, SpecClass device) {
  if (has(backend, "vulkan")) return SpecBackend::vulkan;
  if (has(backend, "opencl")) return SpecBackend::opencl;
  if (device == SpecClass::amd_gpu || device == SpecClass::amd_apu)
    return has(backend, "rocm") || has(backend, "hip") ? SpecBackend::rocm : SpecBackend::vulkan;
  return SpecBackend::native;
}

/// The part of `spec` that the row's backend and class mean.
DevicePart part_meant(const NamedDevice& named, const std::string& chip, const std::string& backend) {
  const DeviceSpec& spec = *named.device;
  if (has(backend, "npu") && spec.npu.there()) return DevicePart::npu;
  // A graphics card's machine may call its backend "cpu": the card has no other part.
  if (has(backend, "cpu") && spec.cpu.there()) return DevicePart::cpu;
  if (has_any(backend, gpu_backends) && spec.gpu.there()) return DevicePart::gpu;
  if (!named.part_stated && chip == "cpu" && spec.cpu.there()) return DevicePart::cpu;
  return named.part;
}

}  // namespace

std::string_view class_name(SpecClass device) {
  constexpr std::array<std::string_view, spec_classes> names{
      "NVIDIA GPU", "NVIDIA SoC", "AMD GPU",   "AMD APU",   "Intel GPU", "Apple GPU", "phone GPU",
      "x86 CPU",    "Arm CPU",    "phone CPU", "Apple CPU", "NPU",       "browser"};
  return names[static_cast<size_t>(device)];
}

bool is_cpu(SpecClass device) {
  return device == SpecClass::x86_cpu || device == SpecClass::arm_cpu || device == SpecClass::phone_cpu ||
         device == SpecClass::apple_cpu;
}

double peak_of_part(const DeviceSpec& device, const PartSpec& part) {
  constexpr double tera = 1e12;
  const std::string vendor = lower_case(device.vendor);
  const bool gpu = &part == &device.gpu;
  if (gpu && vendor != "nvidia") {
    // Apple's and AMD's engines compute in 16-bit floats. Of the matrix units in Apple's GPUs of the M5
    // generation about 0.65 is reached of what the plain units reach (M5 against M4, llama.cpp discussion
    // 4167: 2.7 times).
    if (vendor == "apple" && part.matrix_units && part.fp16_tflops.known())
      return 0.65 * tera * part.fp16_tflops.value;
    return tera * std::max(part.fp16_tflops.value, part.fp32_tflops.value);
  }
  const double halves = gpu && part.matrix_units ? tera * part.fp16_tflops.value / 2 : 0;
  if (part.int8_tops.known()) return std::max(halves, tera * part.int8_tops.value / 4);
  if (halves > 0) return halves;
  return tera * std::max(part.fp32_tflops.value, gpu ? part.fp16_tflops.value / 2 : 0.0);
}

SpecDevice spec_device(const DeviceSpec& device, DevicePart part) {
  SpecDevice out;
  out.device = class_of_spec(device, part);
  out.backend = backend_of("", out.device);
  out.bandwidth = 1e9 * bandwidth_of(device, part).value;
  out.peak = peak_of_part(device, part_of(device, part));
  out.vector_peak = 1e12 * part_of(device, part).fp32_tflops.value;
  out.memory_gib = device.memory_gib.empty() ? 0 : device.memory_gib.front();
  out.stacked = is_stacked(lower_case(device.name));
  out.plain_simd = is_cpu(out.device) && is_plain(device.cpu.isa);
  out.tensor_cores = out.device == SpecClass::nvidia_gpu && device.gpu.matrix_units;
  out.early_matrix = out.tensor_cores && device.year < 2020;
  out.late_matrix = out.device == SpecClass::apple_gpu && device.gpu.matrix_units;
  out.discrete = part == DevicePart::gpu && !device.unified;
  out.maker_unknown = device.vendor.empty();
  out.name = device.name;
  return out;
}

tl::expected<SpecDevice, std::string> spec_device_of_row(const PublishedRow& row) {
  const std::string device = lower_case(row.device), chip = lower_case(row.chip_class),
                    backend = lower_case(row.backend);
  SpecDevice out;
  if (const auto named = known_device(row.device)) {
    const DevicePart part = part_meant(*named, chip, backend);
    out = spec_device(*named->device, part);
    out.count = named->count;
    if (named->memory_gib > 0) out.memory_gib = named->memory_gib;
    // The graphics of this processor are not in the catalogue.
    if (part == DevicePart::cpu && has_any(backend, gpu_backends)) {
      const bool amd = lower_case(named->device->vendor) == "amd";
      out.device = amd ? SpecClass::amd_apu : class_of_words(chip, device, backend);
      out.peak = 0;
    }
  } else {
    out.device = class_of_words(chip, device, backend);
    out.stacked = is_stacked(device) && !is_cpu(out.device);
    out.discrete = out.device == SpecClass::nvidia_gpu || out.device == SpecClass::amd_gpu;
  }
  if (chip == "browser" || has(backend, "webgpu")) out.device = SpecClass::browser;
  if (has(backend, "npu")) out.device = SpecClass::npu;
  out.backend = backend_of(backend, out.device);
  if (row.mem_bandwidth_gbs && *row.mem_bandwidth_gbs > 0) out.bandwidth = 1e9 * *row.mem_bandwidth_gbs;
  if (row.mem_gib && *row.mem_gib > 0) out.memory_gib = *row.mem_gib;
  if (row.n_devices && *row.n_devices >= 1) out.count = *row.n_devices;
  if (out.bandwidth <= 0)
    return tl::unexpected(
        row.device.empty()
            ? std::string("neither a device nor mem_bandwidth_gbs is given")
            : fmt::format("the device \"{}\" is not in the catalogue, and mem_bandwidth_gbs is not "
                          "given",
                          row.device));
  return out;
}

}  // namespace weighin
