#include "probes/gpu/sysfs.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "probes/host/text.h"

namespace weighin {

namespace {

namespace fs = std::filesystem;

// The ids of vendors and the device classes are from the PCI ID repository (pci.ids).
constexpr uint32_t amd = 0x1002, nvidia = 0x10de, intel = 0x8086;
constexpr uint32_t display_class = 0x03, accelerator_class = 0x12;

std::optional<uint32_t> hex_number(std::string_view text) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

const char* vendor_name(uint32_t vendor) {
  return vendor == amd ? "AMD" : vendor == nvidia ? "NVIDIA" : "Intel";
}

std::string hex4(uint32_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) text += digits[value >> shift & 15];
  return text;
}

/// The first readable number among `folder`/`names`, divided by `unit`.
Fact<double> sensor(const Host& host, const fs::path& folder, std::initializer_list<const char*> names,
                    double unit) {
  std::string reason = "hwmon has none";
  for (const char* name : names) {
    const auto text = host.read(folder / name);
    const auto value = text ? whole_number(*text) : std::nullopt;
    if (value) return known(static_cast<double>(*value) / unit, (folder / name).string());
  }
  return absent<double>(reason, folder.string());
}

/// The units are those of the kernel's Documentation/hwmon/sysfs-interface.rst: millidegrees, microwatts,
/// hertz.
GpuSensors sensors_of(const Host& host, const fs::path& device) {
  const fs::path folder = device / "hwmon";
  for (const std::string& name : host.list(folder)) {
    const fs::path sensors = folder / name;
    return {.temperature_c = sensor(host, sensors, {"temp1_input"}, 1e3),
            .power_w = sensor(host, sensors, {"power1_average", "power1_input"}, 1e6),
            .power_limit_w = sensor(host, sensors, {"power1_cap", "power1_max"}, 1e6),
            .clock_mhz = sensor(host, sensors, {"freq1_input"}, 1e6)};
  }
  const auto none = absent<double>("the kernel shows no sensors of it", folder.string());
  return {none, none, none, none};
}

Fact<uint64_t> number_in(const Host& host, const fs::path& file) {
  const auto text = host.read(file);
  if (!text) return absent<uint64_t>("the kernel's driver does not show its memory", file.string());
  if (const auto value = whole_number(*text)) return known(*value, file.string());
  return absent<uint64_t>(file.filename().string() + " holds no number", file.string());
}

/// The part of `total` that `used` leaves.
Fact<uint64_t> left_of(const Fact<uint64_t>& total, Fact<uint64_t> used) {
  if (!used.known()) return used;
  const uint64_t bytes = total.value.value_or(0);
  *used.value = bytes - std::min(bytes, *used.value);
  return used;
}

/// Whether an AMD GPU is part of a processor. AMD numbers these 0x13xx, 0x15xx, 0x16xx and 0x19xx (since
/// Kaveri), 0x96xx, 0x98xx and 0x99xx (before), and 0x74a0 is the MI300A; its cards have other numbers
/// (pci.ids, read 2026-11-30).
bool in_amd_processor(uint32_t device_id) {
  switch (device_id >> 8) {
    case 0x13:
    case 0x15:
    case 0x16:
    case 0x19:
    case 0x96:
    case 0x98:
    case 0x99:
      return true;
    default:
      return device_id == 0x74a0;
  }
}

/// Only the driver amdgpu reports memory.
void read_memory(const Host& host, const fs::path& device, SysfsGpu& gpu) {
  gpu.unified = gpu.vendor_id == amd && in_amd_processor(gpu.device_id);
  gpu.vram_total_bytes = number_in(host, device / "mem_info_vram_total");
  gpu.vram_free_bytes = left_of(gpu.vram_total_bytes, number_in(host, device / "mem_info_vram_used"));
  if (!gpu.unified) return;
  gpu.gtt_total_bytes = number_in(host, device / "mem_info_gtt_total");
  gpu.gtt_free_bytes = left_of(gpu.gtt_total_bytes, number_in(host, device / "mem_info_gtt_used"));
}

bool computes(uint32_t vendor, uint32_t device_class, std::string_view driver) {
  if (vendor != amd && vendor != nvidia && vendor != intel) return false;
  return device_class == display_class || (device_class == accelerator_class && driver == "amdgpu");
}

std::optional<SysfsGpu> pci_gpu(const Host& host, const std::string& address) {
  const fs::path device = fs::path("/sys/bus/pci/devices") / address;
  const auto facts = host.read(device / "uevent");
  if (!facts) return std::nullopt;
  SysfsGpu gpu;
  gpu.pci = address;
  gpu.kernel_driver = field(*facts, "DRIVER", '=').value_or("");
  const auto id = field(*facts, "PCI_ID", '=').value_or("");
  const auto colon = std::min(id.find(':'), id.size());
  gpu.vendor_id = hex_number(id.substr(0, colon)).value_or(0);
  gpu.device_id = hex_number(id.substr(std::min(colon + 1, id.size()))).value_or(0);
  // PCI_CLASS has one byte each for class, subclass and interface.
  const uint32_t kind = hex_number(field(*facts, "PCI_CLASS", '=').value_or("")).value_or(0) >> 16;
  if (!computes(gpu.vendor_id, kind, gpu.kernel_driver)) return std::nullopt;
  const auto product = host.read(device / "product_name");
  gpu.name = product && !product->empty() ? *product
                                          : std::string(vendor_name(gpu.vendor_id)) + " GPU " +
                                                hex4(gpu.vendor_id) + ":" + hex4(gpu.device_id);
  for (const std::string& node : host.list(device / "drm"))
    if (node.starts_with("renderD")) gpu.render_node = node;
  read_memory(host, device, gpu);
  gpu.sensors = sensors_of(host, device);
  return gpu;
}

/// The device of a render node, if it is not on a PCI bus. On such a chip one device may drive the display
/// ("vc4") and another compute ("v3d"); only the latter has a render node.
std::optional<SysfsGpu> chip_gpu(const Host& host, const std::string& node) {
  const fs::path device = fs::path("/sys/class/drm") / node / "device";
  const auto facts = host.read(device / "uevent");
  if (!facts || field(*facts, "PCI_ID", '=') || !field(*facts, "OF_COMPATIBLE_0", '=')) return std::nullopt;
  SysfsGpu gpu;
  gpu.render_node = node;
  gpu.kernel_driver = field(*facts, "DRIVER", '=').value_or("");
  gpu.name = std::string(*field(*facts, "OF_COMPATIBLE_0", '='));
  gpu.unified = true;
  gpu.vram_total_bytes = absent<uint64_t>("it has the machine's memory", device.string());
  gpu.vram_free_bytes = gpu.vram_total_bytes;
  gpu.sensors = sensors_of(host, device);
  return gpu;
}

}  // namespace

std::vector<SysfsGpu> sysfs_gpus(const Host& host) {
  std::vector<SysfsGpu> gpus;
  for (const std::string& address : host.list("/sys/bus/pci/devices"))
    if (auto gpu = pci_gpu(host, address)) gpus.push_back(std::move(*gpu));
  for (const std::string& node : host.list("/sys/class/drm"))
    if (node.starts_with("renderD"))
      if (auto gpu = chip_gpu(host, node)) gpus.push_back(std::move(*gpu));
  return gpus;
}

}  // namespace weighin
