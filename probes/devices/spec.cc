#include "probes/devices/spec.h"

#include <array>
#include <utility>

namespace weighin {

std::string_view device_kind_name(DeviceKind kind) {
  static constexpr std::array<std::string_view, 17> names{"phone",
                                                          "tablet",
                                                          "soc",
                                                          "laptop_gpu",
                                                          "desktop_gpu",
                                                          "workstation_gpu",
                                                          "datacenter_gpu",
                                                          "integrated_gpu",
                                                          "unified",
                                                          "laptop",
                                                          "chromebook",
                                                          "mini_pc",
                                                          "board",
                                                          "cpu",
                                                          "server",
                                                          "tpu",
                                                          "accelerator"};
  return names[static_cast<size_t>(kind)];
}

std::span<const DeviceKind> all_device_kinds() {
  static const auto kinds = [] {
    std::array<DeviceKind, 17> all{};
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<DeviceKind>(i);
    return all;
  }();
  return kinds;
}

bool has_own_memory(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::laptop_gpu:
    case DeviceKind::desktop_gpu:
    case DeviceKind::workstation_gpu:
    case DeviceKind::datacenter_gpu:
    case DeviceKind::tpu:
    case DeviceKind::accelerator:
      return true;
    default:
      return false;
  }
}

std::string_view spec_checked_name(SpecChecked checked) {
  switch (checked) {
    case SpecChecked::read:
      return "read";
    case SpecChecked::derived:
      return "derived";
    case SpecChecked::recalled:
      return "recalled";
  }
  return "";
}

std::string_view device_part_name(DevicePart part) {
  switch (part) {
    case DevicePart::cpu:
      return "cpu";
    case DevicePart::gpu:
      return "gpu";
    case DevicePart::npu:
      return "npu";
  }
  return "";
}

const PartSpec& part_of(const DeviceSpec& device, DevicePart part) {
  switch (part) {
    case DevicePart::gpu:
      return device.gpu;
    case DevicePart::npu:
      return device.npu;
    case DevicePart::cpu:
      break;
  }
  return device.cpu;
}

const SpecNumber& bandwidth_of(const DeviceSpec& device, DevicePart part) {
  const SpecNumber& own = part_of(device, part).bandwidth_gbs;
  return own.known() ? own : device.bandwidth_gbs;
}

std::vector<std::string> recalled_numbers(const DeviceSpec& device, DevicePart part) {
  std::vector<std::string> names;
  const auto add = [&](const char* name, const SpecNumber& number) {
    if (number.known() && number.checked == SpecChecked::recalled) names.emplace_back(name);
  };
  const PartSpec& spec = part_of(device, part);
  add("memory_gib", device.memory_checked);
  add("bandwidth_gbs", bandwidth_of(device, part));
  add("fp16_tflops", spec.fp16_tflops);
  add("fp32_tflops", spec.fp32_tflops);
  add("int8_tops", spec.int8_tops);
  return names;
}

}  // namespace weighin
