#include "probes/gpu/vulkan.h"

#include "probes/gpu/gpus.h"
#include "probes/gpu/vulkan_child.h"
#include "probes/gpu/vulkan_drivers.h"
#include "probes/host/sha256.h"

namespace weighin {

std::string vulkan_device_id(uint32_t vendor, uint32_t device, std::span<const uint8_t, 16> uuid) {
  std::string facts = std::to_string(vendor) + " " + std::to_string(device) + " ";
  facts.append(uuid.begin(), uuid.end());
  return sha256_hex(facts).substr(0, 16);
}

void probe_vulkan(const Host& host, Machine& machine) {
  if (host.program.empty() || !host.run_process) {
    machine.vulkan = absent<std::vector<VulkanDevice>>(
        host.live ? "this program's own file is not known, so no child process could look"
                  : "a recorded machine runs no drivers",
        "the Vulkan loader");
    return;
  }
  // Starting a child takes 20 ms. A machine without Vulkan need not spend them.
  if (std::string reason = host.live ? why_no_vulkan_loader() : ""; !reason.empty()) {
    machine.vulkan = absent<std::vector<VulkanDevice>>(std::move(reason), "the Vulkan loader");
    return;
  }
  DriversAnswer answer = ask_vulkan_drivers(host);
  machine.vulkan = std::move(answer.devices);
  if (machine.vulkan.known()) *machine.vulkan.value = once_each(std::move(*machine.vulkan.value));
  for (std::string& failure : answer.failures) machine.remarks.push_back(std::move(failure));
}

}  // namespace weighin
