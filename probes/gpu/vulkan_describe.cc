#include "probes/gpu/vulkan_describe.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <set>

#include "probes/gpu/vulkan.h"
#include "probes/gpu/vulkan_matrices.h"

namespace weighin {
namespace {

constexpr const char* heaps_source = "the Vulkan heaps";
constexpr const char* budget_source = "VK_EXT_memory_budget";

const char* type_name(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return "integrated";
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return "discrete";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return "virtual";
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return "cpu";
    default:
      return "other";
  }
}

std::string version_text(uint32_t version) {
  return std::to_string(VK_API_VERSION_MAJOR(version)) + "." + std::to_string(VK_API_VERSION_MINOR(version)) +
         "." + std::to_string(VK_API_VERSION_PATCH(version));
}

/// One device, with what its driver supports.
struct QueriedDevice {
  const VulkanInstance& instance;
  VkPhysicalDevice device;
  uint32_t api = 0;
  std::set<std::string> extensions;

  bool knows(uint32_t since, const char* extension) const {
    return api >= since || extensions.count(extension) > 0;
  }
};

std::set<std::string> extensions_of(const VulkanInstance& instance, VkPhysicalDevice device) {
  const auto list =
      instance.function<PFN_vkEnumerateDeviceExtensionProperties>("vkEnumerateDeviceExtensionProperties");
  uint32_t count = 0;
  if (list == nullptr || list(device, nullptr, &count, nullptr) != VK_SUCCESS) return {};
  std::vector<VkExtensionProperties> properties(count);
  if (list(device, nullptr, &count, properties.data()) < 0) return {};
  std::set<std::string> names;
  for (uint32_t i = 0; i < std::min<size_t>(count, properties.size()); ++i)
    names.insert(properties[i].extensionName);
  return names;
}

/// Appends `structure` to the chain of structures that Vulkan fills.
template <class Structure>
void ask(void**& end, Structure& structure, VkStructureType type) {
  structure.sType = type;
  *end = &structure;
  end = &structure.pNext;
}

/// Whether the device uses the machine's memory. A driver says so by its type, or by reporting every heap as
/// the device's own.
bool is_unified(VkPhysicalDeviceType type, const VkPhysicalDeviceMemoryProperties& memory) {
  if (type == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU || type == VK_PHYSICAL_DEVICE_TYPE_CPU) return true;
  for (uint32_t i = 0; i < std::min<uint32_t>(memory.memoryHeapCount, VK_MAX_MEMORY_HEAPS); ++i)
    if (!(memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)) return false;
  return memory.memoryHeapCount > 0;
}

/// Fills the heaps, their total and, if the driver reports it, what is free now. The heaps of a unified
/// device are parts of the machine's memory, so they add up.
void add_memory(const QueriedDevice& queried, VkPhysicalDeviceType type, VulkanDevice& found) {
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{};
  VkPhysicalDeviceMemoryProperties2 all{};
  all.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2;
  const auto newer = queried.instance.function<PFN_vkGetPhysicalDeviceMemoryProperties2>(
      "vkGetPhysicalDeviceMemoryProperties2");
  const bool budgeted = newer != nullptr && queried.api >= VK_API_VERSION_1_1 &&
                        queried.extensions.count(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  if (budgeted) {
    budget.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT;
    all.pNext = &budget;
    newer(queried.device, &all);
  } else {
    queried.instance.function<PFN_vkGetPhysicalDeviceMemoryProperties>("vkGetPhysicalDeviceMemoryProperties")(
        queried.device, &all.memoryProperties);
  }
  const VkPhysicalDeviceMemoryProperties& memory = all.memoryProperties;
  found.unified = is_unified(type, memory);
  uint64_t total = 0, free = 0;
  for (uint32_t i = 0; i < std::min<uint32_t>(memory.memoryHeapCount, VK_MAX_MEMORY_HEAPS); ++i) {
    const uint64_t bytes = memory.memoryHeaps[i].size;
    const bool local = (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0;
    VulkanHeap heap{bytes, local, std::nullopt};
    // The budget is what this process may use in all. What it uses already is not free.
    const uint64_t left = budget.heapBudget[i] - std::min(budget.heapUsage[i], budget.heapBudget[i]);
    if (budgeted) heap.free_bytes = left;
    found.heaps.push_back(heap);
    if (found.unified) {
      total += bytes;
      free += left;
    } else if (local && bytes >= total) {
      // On older cards a small device-local heap that the CPU can see is a window on the large one. It is not
      // added.
      total = bytes;
      free = left;
    }
  }
  found.memory_total_bytes = total > 0
                                 ? known(total, heaps_source)
                                 : absent<uint64_t>("the driver shows no heap of its own", heaps_source);
  found.memory_free_bytes =
      budgeted && total > 0
          ? known(free, budget_source)
          : absent<uint64_t>(
                "only the total is known: the driver does not say what is free (VK_EXT_memory_budget)",
                budget_source);
}

void add_properties(const QueriedDevice& queried, const VkPhysicalDeviceProperties& base,
                    VulkanDevice& found) {
  VkPhysicalDeviceDriverProperties driver{};
  VkPhysicalDeviceMaintenance3Properties allocation{};
  VkPhysicalDeviceIDProperties id{};
  VkPhysicalDeviceSubgroupProperties subgroup{};
  VkPhysicalDevicePCIBusInfoPropertiesEXT pci{};
  VkPhysicalDeviceShaderIntegerDotProductProperties dot{};
  VkPhysicalDeviceSubgroupSizeControlProperties sizes{};
  VkPhysicalDeviceMaintenance4Properties buffer{};
  VkPhysicalDeviceDrmPropertiesEXT drm{};
  VkPhysicalDeviceProperties2 all{};
  all.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  void** end = &all.pNext;
  ask(end, allocation, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES);
  ask(end, id, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES);
  ask(end, subgroup, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES);
  if (queried.knows(VK_API_VERSION_1_2, VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME))
    ask(end, driver, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES);
  const bool on_pci = queried.extensions.count(VK_EXT_PCI_BUS_INFO_EXTENSION_NAME) > 0;
  if (on_pci) ask(end, pci, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT);
  if (queried.knows(VK_API_VERSION_1_3, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME))
    ask(end, dot, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES);
  if (queried.knows(VK_API_VERSION_1_3, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME))
    ask(end, sizes, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES);
  if (queried.knows(VK_API_VERSION_1_3, VK_KHR_MAINTENANCE_4_EXTENSION_NAME))
    ask(end, buffer, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES);
  if (queried.extensions.count(VK_EXT_PHYSICAL_DEVICE_DRM_EXTENSION_NAME) > 0)
    ask(end, drm, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRM_PROPERTIES_EXT);
  const auto of =
      queried.instance.function<PFN_vkGetPhysicalDeviceProperties2>("vkGetPhysicalDeviceProperties2");
  of(queried.device, &all);
  found.id = vulkan_device_id(base.vendorID, base.deviceID, id.deviceUUID);
  found.max_allocation_bytes = allocation.maxMemoryAllocationSize;
  found.subgroup_size = subgroup.subgroupSize;
  found.integer_dot_accelerated = dot.integerDotProduct4x8BitPackedSignedAccelerated == VK_TRUE;
  found.min_subgroup_size = sizes.minSubgroupSize;
  found.max_subgroup_size = sizes.maxSubgroupSize;
  found.max_buffer_bytes = buffer.maxBufferSize;
  if (drm.hasRender == VK_TRUE) found.render_node = "renderD" + std::to_string(drm.renderMinor);
  if (on_pci) {
    std::array<char, 16> address{};
    std::snprintf(address.data(), address.size(), "%04x:%02x:%02x.%x", pci.pciDomain, pci.pciBus,
                  pci.pciDevice, pci.pciFunction);
    found.pci = address.data();
  }
  // A driver that has passed no conformance test reports version 0.0.0.0.
  found.conformant = driver.conformanceVersion.major > 0;
  if (driver.driverName[0] == '\0') return;
  found.driver = std::string(driver.driverName);
  found.driver_version =
      driver.driverInfo[0] ? std::string(driver.driverInfo) : version_text(base.driverVersion);
  found.software = found.software || driver.driverID == VK_DRIVER_ID_MESA_LLVMPIPE ||
                   driver.driverID == VK_DRIVER_ID_GOOGLE_SWIFTSHADER;
}

void add_features(const QueriedDevice& queried, VulkanDevice& found) {
  VkPhysicalDeviceShaderIntegerDotProductFeatures dot{};
  VkPhysicalDeviceShaderFloat16Int8Features small{};
  VkPhysicalDevice16BitStorageFeatures storage{};
  VkPhysicalDevice8BitStorageFeatures bytes{};
  VkPhysicalDeviceFeatures2 all{};
  all.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  void** end = &all.pNext;
  ask(end, storage, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES);
  if (queried.knows(VK_API_VERSION_1_2, VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME))
    ask(end, small, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES);
  if (queried.knows(VK_API_VERSION_1_3, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME))
    ask(end, dot, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES);
  if (queried.knows(VK_API_VERSION_1_2, VK_KHR_8BIT_STORAGE_EXTENSION_NAME))
    ask(end, bytes, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES);
  queried.instance.function<PFN_vkGetPhysicalDeviceFeatures2>("vkGetPhysicalDeviceFeatures2")(queried.device,
                                                                                              &all);
  found.float16 = small.shaderFloat16 == VK_TRUE;
  found.int8 = small.shaderInt8 == VK_TRUE;
  found.storage16 = storage.storageBuffer16BitAccess == VK_TRUE;
  found.integer_dot = dot.shaderIntegerDotProduct == VK_TRUE;
  found.storage8 = bytes.storageBuffer8BitAccess == VK_TRUE;
  const bool khr = queried.extensions.count("VK_KHR_cooperative_matrix") > 0;
  const bool nv = queried.extensions.count(VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME) > 0;
  found.cooperative_matrix = khr || nv;
  const auto function = [&](const char* name) { return queried.instance.get(queried.instance.handle, name); };
  for (const MatrixShape& shape : matrix_shapes(function, queried.device, khr, nv))
    found.cooperative_matrices.push_back(text_of(shape));
}

}  // namespace

VulkanDevice describe_vulkan_device(const VulkanInstance& instance, VkPhysicalDevice device) {
  VkPhysicalDeviceProperties properties{};
  instance.function<PFN_vkGetPhysicalDeviceProperties>("vkGetPhysicalDeviceProperties")(device, &properties);
  const QueriedDevice queried{instance, device, properties.apiVersion, extensions_of(instance, device)};
  constexpr std::array<uint8_t, 16> no_uuid{};
  VulkanDevice found;
  found.name = properties.deviceName;
  found.id = vulkan_device_id(properties.vendorID, properties.deviceID, no_uuid);
  found.vendor_id = properties.vendorID;
  found.device_id = properties.deviceID;
  found.driver = "unnamed driver";
  found.driver_version = version_text(properties.driverVersion);
  found.type = type_name(properties.deviceType);
  found.api_version = version_text(properties.apiVersion);
  found.software = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ||
                   std::strncmp(properties.deviceName, "llvmpipe", 8) == 0;
  found.max_storage_buffer_range = properties.limits.maxStorageBufferRange;
  found.max_allocations = properties.limits.maxMemoryAllocationCount;
  found.max_shared_bytes = properties.limits.maxComputeSharedMemorySize;
  found.max_group_threads = properties.limits.maxComputeWorkGroupInvocations;
  add_memory(queried, properties.deviceType, found);
  const bool newer =
      instance.function<PFN_vkGetPhysicalDeviceProperties2>("vkGetPhysicalDeviceProperties2") != nullptr;
  if (!newer || queried.api < VK_API_VERSION_1_1) return found;
  add_properties(queried, properties, found);
  add_features(queried, found);
  return found;
}

}  // namespace weighin
