// A Vulkan driver for tests, which behaves as the name of its own file says: a test copies it under that name
// and writes a manifest beside it. "abort", "crash", "hang", "exit": so on vkCreateInstance; "crash_late":
// when a device is asked for; "flood": prints far more than a pipe holds, then is as "card"; "card": one GPU;
// "card_of_mesa": the same GPU by another driver; "two_cards": two equal ones; "old": one of Vulkan 1.0.
#include <dlfcn.h>
#include <unistd.h>
#include <vulkan/vk_icd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr uint64_t gib = uint64_t{1} << 30;

/// What a loader's handle points to begins with a word of the loader's.
struct Handle {
  VK_LOADER_DATA loader{ICD_LOADER_MAGIC};
};

struct Device : Handle {
  const char* driver = "Fake";
  uint32_t bus = 1;
  uint32_t api = VK_API_VERSION_1_3;
  uint8_t conformance = 1;
  std::vector<const char*> extensions{VK_EXT_MEMORY_BUDGET_EXTENSION_NAME,
                                      VK_EXT_PCI_BUS_INFO_EXTENSION_NAME};
};

/// This file's name without its folder and ending.
std::string behaviour() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&behaviour), &info) == 0) return "";
  const std::string_view path = info.dli_fname;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return std::string(name.substr(0, name.find('.')));
}

std::vector<Device>& devices() {
  static std::vector<Device> all = [] {
    const std::string name = behaviour();
    std::vector<Device> made(name == "two_cards" ? 2 : 1);
    if (name == "two_cards") made[1].bus = 2;
    if (name == "card_of_mesa") {
      made[0].driver = "Fake Mesa";
      made[0].api = VK_API_VERSION_1_2;
      made[0].conformance = 0;
    }
    if (name == "old") {
      made[0].api = VK_API_VERSION_1_0;
      made[0].extensions.clear();
    }
    return made;
  }();
  return all;
}

void flood() {
  const std::string line(1 << 16, 'x');
  // 32 MiB to each; whoever reads them, or nobody, may not be waited for forever.
  for (int i = 0; i < 512; ++i) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
  std::fflush(stdout);
}

void misbehave(const std::string& name) {
  if (name == "abort") std::abort();
  if (name == "crash") std::raise(SIGSEGV);
  if (name == "exit") std::_Exit(0);
  if (name == "flood") flood();
  while (name == "hang") pause();
}

template <size_t count>
void set_text(char (&to)[count], const char* text) {
  std::snprintf(to, count, "%s", text);
}

VKAPI_ATTR VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo*, const VkAllocationCallbacks*,
                                               VkInstance* instance) {
  misbehave(behaviour());
  *instance = reinterpret_cast<VkInstance>(new Handle());
  return VK_SUCCESS;
}
VKAPI_ATTR void VKAPI_CALL destroy_instance(VkInstance instance, const VkAllocationCallbacks*) {
  delete reinterpret_cast<Handle*>(instance);
}
VKAPI_ATTR VkResult VKAPI_CALL instance_version(uint32_t* version) {
  *version = behaviour() == "old" ? VK_API_VERSION_1_0 : VK_API_VERSION_1_3;
  return VK_SUCCESS;
}
VKAPI_ATTR VkResult VKAPI_CALL instance_extensions(const char*, uint32_t* count, VkExtensionProperties*) {
  *count = 0;
  return VK_SUCCESS;
}
VKAPI_ATTR VkResult VKAPI_CALL physical_devices(VkInstance, uint32_t* count, VkPhysicalDevice* list) {
  const auto all = static_cast<uint32_t>(devices().size());
  if (list == nullptr) {
    *count = all;
    return VK_SUCCESS;
  }
  *count = std::min(*count, all);
  for (uint32_t i = 0; i < *count; ++i) list[i] = reinterpret_cast<VkPhysicalDevice>(&devices()[i]);
  return *count < all ? VK_INCOMPLETE : VK_SUCCESS;
}
VKAPI_ATTR VkResult VKAPI_CALL device_extensions(VkPhysicalDevice device, const char*, uint32_t* count,
                                                 VkExtensionProperties* list) {
  const auto& names = reinterpret_cast<const Device*>(device)->extensions;
  if (list != nullptr) {
    *count = std::min<uint32_t>(*count, names.size());
    for (uint32_t i = 0; i < *count; ++i) set_text(list[i].extensionName, names[i]);
    return VK_SUCCESS;
  }
  *count = names.size();
  return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL properties(VkPhysicalDevice handle, VkPhysicalDeviceProperties* to) {
  if (behaviour() == "crash_late") std::raise(SIGSEGV);
  const auto* device = reinterpret_cast<const Device*>(handle);
  *to = {};
  to->apiVersion = device->api;
  to->driverVersion = VK_MAKE_API_VERSION(0, 7, 8, 9);
  to->vendorID = 0x10de;
  to->deviceID = 0x1234;
  to->deviceType = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
  set_text(to->deviceName, "Fake Card");
  to->limits.maxStorageBufferRange = 1u << 31;
  to->limits.maxMemoryAllocationCount = 4096;
  to->limits.maxComputeSharedMemorySize = 48 << 10;
  to->limits.maxComputeWorkGroupInvocations = 1024;
}
VKAPI_ATTR void VKAPI_CALL properties2(VkPhysicalDevice handle, VkPhysicalDeviceProperties2* to) {
  const auto* device = reinterpret_cast<const Device*>(handle);
  properties(handle, &to->properties);
  for (auto* next = static_cast<VkBaseOutStructure*>(to->pNext); next != nullptr; next = next->pNext) {
    if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES) {
      auto* id = reinterpret_cast<VkPhysicalDeviceIDProperties*>(next);
      std::memset(id->deviceUUID, static_cast<int>(device->bus), VK_UUID_SIZE);
      // Another driver has another way to make one.
      if (device->conformance == 0) id->deviceUUID[0] = 0xff;
    } else if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES) {
      auto* driver = reinterpret_cast<VkPhysicalDeviceDriverProperties*>(next);
      set_text(driver->driverName, device->driver);
      set_text(driver->driverInfo, "7.8.9");
      driver->conformanceVersion = {device->conformance, 0, 0, 0};
    } else if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT) {
      auto* pci = reinterpret_cast<VkPhysicalDevicePCIBusInfoPropertiesEXT*>(next);
      pci->pciBus = device->bus;
    } else if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES) {
      reinterpret_cast<VkPhysicalDeviceMaintenance3Properties*>(next)->maxMemoryAllocationSize = 4 * gib;
    }
  }
}

VKAPI_ATTR void VKAPI_CALL features(VkPhysicalDevice, VkPhysicalDeviceFeatures* to) {
  *to = {};
}
VKAPI_ATTR void VKAPI_CALL features2(VkPhysicalDevice, VkPhysicalDeviceFeatures2* to) {
  to->features = {};
  for (auto* next = static_cast<VkBaseOutStructure*>(to->pNext); next != nullptr; next = next->pNext)
    if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES)
      reinterpret_cast<VkPhysicalDeviceShaderFloat16Int8Features*>(next)->shaderFloat16 = VK_TRUE;
}

VKAPI_ATTR void VKAPI_CALL memory(VkPhysicalDevice, VkPhysicalDeviceMemoryProperties* to) {
  *to = {};
  to->memoryHeapCount = 3;
  to->memoryHeaps[0] = {8 * gib, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT};
  to->memoryHeaps[1] = {16 * gib, 0};
  to->memoryHeaps[2] = {gib / 4, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT};
  to->memoryTypeCount = 1;
}
VKAPI_ATTR void VKAPI_CALL memory2(VkPhysicalDevice device, VkPhysicalDeviceMemoryProperties2* to) {
  memory(device, &to->memoryProperties);
  for (auto* next = static_cast<VkBaseOutStructure*>(to->pNext); next != nullptr; next = next->pNext) {
    if (next->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT) continue;
    auto* budget = reinterpret_cast<VkPhysicalDeviceMemoryBudgetPropertiesEXT*>(next);
    budget->heapBudget[0] = 6 * gib;
    budget->heapUsage[0] = gib;
  }
}
VKAPI_ATTR void VKAPI_CALL queues(VkPhysicalDevice, uint32_t* count, VkQueueFamilyProperties* list) {
  if (list != nullptr && *count > 0) list[0] = {VK_QUEUE_COMPUTE_BIT, 1, 64, {1, 1, 1}};
  *count = 1;
}
VKAPI_ATTR VkResult VKAPI_CALL create_device(VkPhysicalDevice, const VkDeviceCreateInfo*,
                                             const VkAllocationCallbacks*, VkDevice*) {
  return VK_ERROR_INITIALIZATION_FAILED;
}
VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL device_function(VkDevice, const char*) {
  return nullptr;
}
/// The loader wants these to be there; nobody calls them.
VKAPI_ATTR void VKAPI_CALL never_called() {}

struct Named {
  const char* name;
  PFN_vkVoidFunction function;
};

template <class Function>
Named named(const char* name, Function* function) {
  return {name, reinterpret_cast<PFN_vkVoidFunction>(function)};
}

PFN_vkVoidFunction find(std::string_view wanted) {
  static const std::array all{named("vkCreateInstance", create_instance),
                              named("vkDestroyInstance", destroy_instance),
                              named("vkEnumerateInstanceVersion", instance_version),
                              named("vkEnumerateInstanceExtensionProperties", instance_extensions),
                              named("vkEnumeratePhysicalDevices", physical_devices),
                              named("vkEnumerateDeviceExtensionProperties", device_extensions),
                              named("vkGetPhysicalDeviceProperties", properties),
                              named("vkGetPhysicalDeviceProperties2", properties2),
                              named("vkGetPhysicalDeviceFeatures", features),
                              named("vkGetPhysicalDeviceFeatures2", features2),
                              named("vkGetPhysicalDeviceMemoryProperties", memory),
                              named("vkGetPhysicalDeviceMemoryProperties2", memory2),
                              named("vkGetPhysicalDeviceQueueFamilyProperties", queues),
                              named("vkGetPhysicalDeviceFormatProperties", never_called),
                              named("vkGetPhysicalDeviceImageFormatProperties", never_called),
                              named("vkGetPhysicalDeviceSparseImageFormatProperties", never_called),
                              named("vkCreateDevice", create_device),
                              named("vkGetDeviceProcAddr", device_function)};
  for (const Named& one : all)
    if (wanted == one.name) return one.function;
  return nullptr;
}

}  // namespace

extern "C" {

VKAPI_ATTR VkResult VKAPI_CALL vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t* version) {
  *version = std::min<uint32_t>(*version, 5);
  return VK_SUCCESS;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL vk_icdGetInstanceProcAddr(VkInstance, const char* name) {
  return find(name);
}

}  // extern "C"
