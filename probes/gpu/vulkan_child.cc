#include "probes/gpu/vulkan_child.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "probes/gpu/vulkan_describe.h"
#include "probes/machine/vulkan_device_json.h"

namespace weighin {

namespace {

using json = nlohmann::ordered_json;

std::string absent_json(const std::string& reason) {
  return json{{"absent", reason}}.dump();
}

}  // namespace

void hold_loader_to(const std::string& manifest) {
  // VK_DRIVER_FILES is the newer variable. Loaders before 1.3.207 read VK_ICD_FILENAMES.
  setenv("VK_DRIVER_FILES", manifest.c_str(), 1);
  setenv("VK_ICD_FILENAMES", manifest.c_str(), 1);
  unsetenv("VK_ADD_DRIVER_FILES");
}

std::string why_no_vulkan_loader() {
  if (void* library = dlopen("libvulkan.so.1", RTLD_LAZY | RTLD_LOCAL)) {
    dlclose(library);
    return "";
  }
  const char* said = dlerror();
  const std::string_view reason = said == nullptr ? "" : said;
  // The loader's message names folders, which may hold a user's name. It is replaced.
  return reason.find("No such file") != std::string_view::npos
             ? "no Vulkan loader (libvulkan.so.1) is installed"
             : "the Vulkan loader (libvulkan.so.1) is there and cannot be loaded";
}

std::string vulkan_devices_json(const std::string& manifest) {
  if (!manifest.empty()) hold_loader_to(manifest);
  // The library is never unloaded, because drivers leave threads and exit handlers behind.
  void* library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return absent_json(why_no_vulkan_loader());
  VulkanInstance instance;
  instance.get = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library, "vkGetInstanceProcAddr"));
  if (instance.get == nullptr) return absent_json("libvulkan.so.1 is no Vulkan loader");
  const auto create = instance.function<PFN_vkCreateInstance>("vkCreateInstance");
  if (create == nullptr) return absent_json("the Vulkan loader cannot create an instance");
  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "weighin";
  // A 1.0 loader has no vkEnumerateInstanceVersion and refuses newer versions.
  const bool newer = instance.get(VK_NULL_HANDLE, "vkEnumerateInstanceVersion") != nullptr;
  application.apiVersion = newer ? VK_API_VERSION_1_3 : VK_API_VERSION_1_0;
  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pApplicationInfo = &application;
  if (const VkResult result = create(&info, nullptr, &instance.handle); result != VK_SUCCESS) {
    return absent_json(result == VK_ERROR_INCOMPATIBLE_DRIVER
                           ? "no Vulkan driver is installed"
                           : "the Vulkan loader could not start (VkResult " + std::to_string(result) + ")");
  }
  const auto enumerate = instance.function<PFN_vkEnumeratePhysicalDevices>("vkEnumeratePhysicalDevices");
  uint32_t count = 0;
  if (enumerate(instance.handle, &count, nullptr) != VK_SUCCESS) count = 0;
  std::vector<VkPhysicalDevice> devices(count);
  if (count > 0 && enumerate(instance.handle, &count, devices.data()) < 0) count = 0;
  devices.resize(count);
  json rows = json::array();
  for (VkPhysicalDevice device : devices)
    rows.push_back(vulkan_device_json(describe_vulkan_device(instance, device)));
  return json{{"devices", rows}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace weighin
