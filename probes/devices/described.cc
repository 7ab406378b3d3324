#include "probes/devices/described.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

#include "models/text/quantity.h"
#include "models/text/units.h"

namespace weighin {
namespace {

/// The values that a number of a description may have, in the unit in which it is kept.
struct Quantity {
  const char* option;
  const char* example;
  std::span<const Unit> units;  // as read_quantity takes them
  double least, most;
  const char* range;
};

constexpr Unit bandwidth_units[] = {{"gb/s", 1},
                                    {"", 1},
                                    {"gbps", 1},
                                    {"gb", 1},
                                    {"tb/s", 1e3},
                                    {"mb/s", 1e-3},
                                    {"gib/s", bytes_per_gib / bytes_per_gb}};
constexpr Unit memory_units[] = {{"gib", 1},
                                 {"", 1},
                                 {"g", 1},
                                 {"gb", bytes_per_gb / bytes_per_gib},
                                 {"mib", 1 / 1024.0},
                                 {"mb", 1e6 / bytes_per_gib},
                                 {"tib", 1024},
                                 {"tb", 1e12 / bytes_per_gib}};
constexpr Unit arithmetic_units[] = {{"tflops", 1},    {"", 1},        {"tflop/s", 1},  {"tops", 1},
                                     {"gflops", 1e-3}, {"gops", 1e-3}, {"pflops", 1e3}, {"pops", 1e3}};

/// The bounds catch a wrong unit: the slowest boards that run any model have 1 GB/s, and the fastest
/// accelerators of 2026 have 22 TB/s, 432 GiB and 35,000 TOPS.
constexpr Quantity bandwidth{"bandwidth", "120GB/s", bandwidth_units, 1, 1e5, "1 GB/s to 100 TB/s"};
constexpr Quantity memory{"memory", "16GiB", memory_units, 1 / 16.0, 16384, "64 MiB to 16 TiB"};
constexpr Quantity tflops{"tflops", "8", arithmetic_units, 1e-3, 1e5, "0.001 to 100000 TFLOPS"};
constexpr Quantity tops{"tops", "45", arithmetic_units, 1e-3, 1e5, "0.001 to 100000 TOPS"};

tl::expected<double, std::string> checked_quantity(const std::string& text, const Quantity& quantity) {
  const auto wrong = [&](std::string_view why) {
    return tl::unexpected(fmt::format("--{} \"{}\": {}; it is {}, such as {}", quantity.option, text, why,
                                      quantity.range, quantity.example));
  };
  const auto value = read_quantity(text, quantity.units);
  if (!value) return wrong(value.error());
  if (!(*value >= quantity.least && *value <= quantity.most)) return wrong("out of range");
  return value;
}

tl::expected<DevicePart, std::string> read_part(const std::string& text) {
  for (const DevicePart part : {DevicePart::cpu, DevicePart::gpu, DevicePart::npu})
    if (device_part_name(part) == text) return part;
  if (text.empty()) return DevicePart::gpu;
  return tl::unexpected(fmt::format("--part \"{}\": it is cpu, gpu or npu", text));
}

tl::expected<DeviceKind, std::string> read_kind(const std::string& text, DevicePart part) {
  if (text.empty())
    return part == DevicePart::cpu   ? DeviceKind::cpu
           : part == DevicePart::gpu ? DeviceKind::desktop_gpu
                                     : DeviceKind::accelerator;
  std::string names;
  for (const DeviceKind kind : all_device_kinds()) {
    if (device_kind_name(kind) == text) return kind;
    names += (names.empty() ? "" : ", ") + std::string(device_kind_name(kind));
  }
  return tl::unexpected(fmt::format("--kind \"{}\": it is one of {}", text, names));
}

}  // namespace

tl::expected<DeviceSpec, std::string> describe_device(const DeviceDescription& description) {
  constexpr const char* source = "as described";
  if (description.bandwidth.empty() || description.memory.empty())
    return tl::unexpected(fmt::format(
        "a device is described by its memory bandwidth and its memory, and for prefill its peak fp16 "
        "arithmetic: --bandwidth 120GB/s --memory 16GiB --tflops 8; --{} is missing",
        description.bandwidth.empty() ? "bandwidth" : "memory"));
  const auto part = read_part(description.part);
  if (!part) return tl::unexpected(part.error());
  const auto kind = read_kind(description.kind, *part);
  if (!kind) return tl::unexpected(kind.error());

  DeviceSpec device;
  device.name = description.name.empty() ? "described device" : description.name;
  device.kind = *kind;
  device.usual_part = *part;
  device.unified = !has_own_memory(*kind);
  PartSpec& computes = *part == DevicePart::cpu   ? device.cpu
                       : *part == DevicePart::gpu ? device.gpu
                                                  : device.npu;
  computes.name = device.name;
  std::string error;
  const auto read = [&](const std::string& text, const Quantity& quantity, SpecNumber& number) {
    if (text.empty() || !error.empty()) return;
    const auto value = checked_quantity(text, quantity);
    if (!value) error = value.error();
    if (value) number = {*value, SpecChecked::read, source};
  };
  read(description.bandwidth, bandwidth, device.bandwidth_gbs);
  read(description.memory, memory, device.memory_checked);
  read(description.tflops, tflops, computes.fp16_tflops);
  read(description.tops, tops, computes.int8_tops);
  if (!error.empty()) return tl::unexpected(error);
  device.memory_gib = {device.memory_checked.value};
  return device;
}

}  // namespace weighin
