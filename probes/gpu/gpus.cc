#include "probes/gpu/gpus.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace weighin {

namespace {

bool same_gpu(const VulkanDevice& a, const VulkanDevice& b) {
  if (a.software != b.software) return false;
  if (!a.pci.empty() && !b.pci.empty()) return a.pci == b.pci;
  return !a.id.empty() && a.id == b.id;
}

/// "1.3.230" as numbers, so that versions can be compared.
std::array<int, 3> version_numbers(const std::string& text) {
  std::array<int, 3> numbers{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int& number : numbers) {
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc()) break;
    at = rest == end ? end : rest + 1;
  }
  return numbers;
}

bool better(const VulkanDevice& a, const VulkanDevice& b) {
  if (a.conformant != b.conformant) return a.conformant;
  return version_numbers(a.api_version) > version_numbers(b.api_version);
}

std::string driver_text(const VulkanDevice& device) {
  std::string text = device.driver;
  for (const std::string& part : {device.driver_version, device.driver_manifest})
    if (!part.empty()) text += " " + part;
  return text;
}

/// Finds the entry of `others` that is the same GPU as `device`. Entries that another device has taken do not
/// count.
template <class Other>
const Other* find_same(const VulkanDevice& device, const std::vector<Other>& others,
                       std::vector<const Other*>& taken) {
  const auto take = [&](const auto& is_same) -> const Other* {
    for (const Other& other : others) {
      if (!is_same(other) || std::find(taken.begin(), taken.end(), &other) != taken.end()) continue;
      taken.push_back(&other);
      return &other;
    }
    return nullptr;
  };
  if (device.software) return nullptr;
  if (!device.pci.empty()) return take([&](const Other& other) { return other.pci == device.pci; });
  if constexpr (requires { others.front().render_node; }) {
    if (!device.render_node.empty())
      return take([&](const Other& other) { return other.render_node == device.render_node; });
    // A GPU that is part of a chip has no PCI address. A chip has one GPU.
    if (const Other* chip = take([](const Other& other) { return other.pci.empty(); })) return chip;
  }
  return take([&](const Other& other) {
    return other.vendor_id == device.vendor_id && other.device_id == device.device_id;
  });
}

/// Replaces a fact that is not known by `other`.
template <class T>
void fill(Fact<T>& fact, const Fact<T>& other) {
  if (!fact.known() && (other.known() || fact.reason.empty())) fact = other;
}

void fill(GpuSensors& sensors, const GpuSensors& others) {
  fill(sensors.temperature_c, others.temperature_c);
  fill(sensors.power_w, others.power_w);
  fill(sensors.power_limit_w, others.power_limit_w);
  fill(sensors.clock_mhz, others.clock_mhz);
}

/// Bounds the free memory of a GPU that uses the machine's memory: it has no more than what is available to
/// the machine, plus what the firmware set apart for it.
void bound_by_machine(const Memory& memory, const SysfsGpu* sysfs, VulkanDevice& device) {
  if (!device.unified || !memory.available_bytes.known()) return;
  const uint64_t apart = sysfs != nullptr ? sysfs->vram_free_bytes.value.value_or(0) : 0;
  const uint64_t left = *memory.available_bytes.value + apart;
  const uint64_t total = device.memory_total_bytes.value.value_or(left);
  const uint64_t free = std::min(total, device.memory_free_bytes.value.value_or(left));
  if (device.memory_free_bytes.known() && free <= left) return;
  device.memory_free_bytes = known(std::min(free, left), "the machine's available memory, which it shares");
}

void join_device(const SysfsGpu* sysfs, const NvmlGpu* nvml, const Memory& memory, VulkanDevice& device) {
  if (sysfs != nullptr) {
    if (device.pci.empty()) device.pci = sysfs->pci;
    if (device.render_node.empty()) device.render_node = sysfs->render_node;
    // The memory that the firmware set apart is only a part of a unified GPU's memory.
    if (!device.unified) fill(device.memory_free_bytes, sysfs->vram_free_bytes);
    fill(device.sensors, sysfs->sensors);
  }
  if (nvml != nullptr) {
    fill(device.memory_free_bytes, nvml->memory_free_bytes);
    fill(device.sensors, nvml->sensors);
  }
  const auto none = absent<double>(
      device.software ? "it is no GPU" : "neither the kernel nor NVML shows sensors of it", "/sys and NVML");
  fill(device.sensors, {none, none, none, none});
  bound_by_machine(memory, sysfs, device);
}

/// For a GPU in a processor amdgpu maps memory of two kinds: what the firmware set apart (VRAM), and what the
/// kernel lets it map of the rest (GTT). Programs allocate in one of the two, so the larger one counts: a
/// Strix Halo with 512 MiB of the one has 110 GiB of the other (rocm-systems issue 8475).
bool maps_more(const SysfsGpu& gpu) {
  return gpu.gtt_total_bytes.value.value_or(0) > gpu.vram_total_bytes.value.value_or(0);
}

std::string why_not_in_vulkan(const SysfsGpu& gpu, const Fact<std::vector<VulkanDevice>>& vulkan) {
  if (gpu.kernel_driver.empty()) return "the kernel has no driver bound to it";
  if (gpu.kernel_driver == "vfio-pci") return "it is kept for a virtual machine (vfio-pci)";
  if (!vulkan.known()) return "Vulkan shows no GPU: " + vulkan.reason;
  return "no Vulkan driver shows it: is one for " + gpu.kernel_driver + " installed?";
}

void fill_from(const NvmlGpu& nvml, const Memory& memory, GpuWithoutVulkan& gpu) {
  gpu.name = nvml.name;
  if (nvml.without_memory) {
    // A GPU in a chip has no memory of its own (GB10, Jetson), which NVML says by "not supported".
    gpu.memory_total_bytes = memory.total_bytes;
    gpu.memory_free_bytes = memory.available_bytes;
  }
  fill(gpu.memory_total_bytes, nvml.memory_total_bytes);
  fill(gpu.memory_free_bytes, nvml.memory_free_bytes);
  fill(gpu.sensors, nvml.sensors);
}

}  // namespace

std::vector<VulkanDevice> once_each(std::vector<VulkanDevice> devices) {
  std::vector<VulkanDevice> kept;
  for (VulkanDevice& device : devices) {
    const auto same = std::find_if(kept.begin(), kept.end(),
                                   [&](const VulkanDevice& other) { return same_gpu(device, other); });
    if (same == kept.end()) {
      kept.push_back(std::move(device));
      continue;
    }
    if (better(device, *same)) std::swap(device, *same);
    same->also_through.insert(same->also_through.end(), device.also_through.begin(),
                              device.also_through.end());
    // One driver may be loaded through two manifests; it is not listed as another driver.
    const std::string other = driver_text(device);
    if (device.driver != same->driver || device.driver_version != same->driver_version)
      same->also_through.push_back(other);
  }
  return kept;
}

void join_gpus(const std::vector<SysfsGpu>& sysfs, const Fact<std::vector<NvmlGpu>>& nvml, Machine& machine) {
  static const std::vector<NvmlGpu> nothing;
  const std::vector<NvmlGpu>& of_nvml = nvml.known() ? *nvml.value : nothing;
  std::vector<const SysfsGpu*> taken;
  std::vector<const NvmlGpu*> taken_of_nvml;
  if (machine.vulkan.known()) {
    for (VulkanDevice& device : *machine.vulkan.value) {
      const SysfsGpu* in_sysfs = find_same(device, sysfs, taken);
      join_device(in_sysfs, find_same(device, of_nvml, taken_of_nvml), machine.memory, device);
    }
  }
  const auto is_taken = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), &one) != list.end();
  };
  for (const SysfsGpu& gpu : sysfs) {
    if (is_taken(taken, gpu)) continue;
    GpuWithoutVulkan found{gpu.name,
                           gpu.pci,
                           gpu.vendor_id,
                           gpu.device_id,
                           gpu.kernel_driver,
                           why_not_in_vulkan(gpu, machine.vulkan),
                           maps_more(gpu) ? gpu.gtt_total_bytes : gpu.vram_total_bytes,
                           maps_more(gpu) ? gpu.gtt_free_bytes : gpu.vram_free_bytes,
                           gpu.sensors};
    for (const NvmlGpu& other : of_nvml) {
      if (is_taken(taken_of_nvml, other) || other.pci != gpu.pci) continue;
      taken_of_nvml.push_back(&other);
      fill_from(other, machine.memory, found);
    }
    machine.gpus_without_vulkan.push_back(std::move(found));
  }
  // In a container or under WSL2, NVML may show GPUs that /sys does not.
  for (const NvmlGpu& gpu : of_nvml) {
    if (is_taken(taken_of_nvml, gpu)) continue;
    GpuWithoutVulkan found;
    found.pci = gpu.pci;
    found.vendor_id = gpu.vendor_id;
    found.device_id = gpu.device_id;
    found.kernel_driver = "nvidia";
    found.reason = machine.vulkan.known() ? "no Vulkan driver shows it"
                                          : "Vulkan shows no GPU: " + machine.vulkan.reason;
    fill_from(gpu, machine.memory, found);
    machine.gpus_without_vulkan.push_back(std::move(found));
  }
}

void probe_gpus(const Host& host, Machine& machine) {
  join_gpus(sysfs_gpus(host), nvml_gpus(host), machine);
}

}  // namespace weighin
