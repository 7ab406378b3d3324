// A Vulkan layer that makes trouble, so that what a bad driver does can be tried on one that works
// (lavapipe). What it does stands in WEIGHIN_TROUBLE: "lose N", "hang N", "crash N": at the Nth submission of
// a process; "memory N": no more than N MiB at once. Interface: vulkan/vk_layer.h, version 2 (the Vulkan
// loader's LoaderLayerInterface.md).
#define VK_NO_PROTOTYPES
#include <unistd.h>
#include <vulkan/vk_layer.h>
#include <vulkan/vulkan.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

namespace {

struct Trouble {
  std::string kind;
  uint64_t at = 0;
};

const Trouble& trouble() {
  static const Trouble from_environment = [] {
    Trouble made;
    const char* text = std::getenv("WEIGHIN_TROUBLE");
    std::istringstream(text ? text : "") >> made.kind >> made.at;
    return made;
  }();
  return from_environment;
}

// What is below this layer; a process of these tests has one instance and one device.
PFN_vkGetInstanceProcAddr next_instance = nullptr;
PFN_vkGetDeviceProcAddr next_device = nullptr;
VkInstance the_instance = VK_NULL_HANDLE;
VkDevice the_device = VK_NULL_HANDLE;
std::atomic<uint64_t> submissions{0};
std::mutex memory_lock;
std::map<VkDeviceMemory, uint64_t> memory;
uint64_t memory_bytes = 0;

template <class Function>
Function below(const char* name) {
  return reinterpret_cast<Function>(next_device(the_device, name));
}

/// The loader's link to what is below, which the layer must move on to the next.
template <class Link>
Link* link_in(const void* next, VkStructureType type) {
  for (auto* at = const_cast<VkBaseOutStructure*>(static_cast<const VkBaseOutStructure*>(next));
       at != nullptr; at = at->pNext) {
    auto* link = reinterpret_cast<Link*>(at);
    if (at->sType == type && link->function == VK_LAYER_LINK_INFO) return link;
  }
  return nullptr;
}

VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo* info, const VkAllocationCallbacks* allocator,
                                    VkInstance* instance) {
  auto* link = link_in<VkLayerInstanceCreateInfo>(info->pNext, VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO);
  if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
  next_instance = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  const auto create =
      reinterpret_cast<PFN_vkCreateInstance>(next_instance(VK_NULL_HANDLE, "vkCreateInstance"));
  const VkResult result = create(info, allocator, instance);
  if (result == VK_SUCCESS) the_instance = *instance;
  return result;
}

VkResult VKAPI_CALL create_device(VkPhysicalDevice physical, const VkDeviceCreateInfo* info,
                                  const VkAllocationCallbacks* allocator, VkDevice* device) {
  auto* link = link_in<VkLayerDeviceCreateInfo>(info->pNext, VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO);
  if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
  const auto instance_functions = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  next_device = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  const auto create =
      reinterpret_cast<PFN_vkCreateDevice>(instance_functions(the_instance, "vkCreateDevice"));
  const VkResult result = create(physical, info, allocator, device);
  if (result == VK_SUCCESS) the_device = *device;
  return result;
}

VkResult VKAPI_CALL queue_submit(VkQueue queue, uint32_t count, const VkSubmitInfo* infos, VkFence fence) {
  const bool now = ++submissions >= trouble().at;
  if (now && trouble().kind == "lose") return VK_ERROR_DEVICE_LOST;
  if (now && trouble().kind == "crash") std::abort();
  if (now && trouble().kind == "hang")
    for (;;) ::sleep(1);
  return below<PFN_vkQueueSubmit>("vkQueueSubmit")(queue, count, infos, fence);
}

VkResult VKAPI_CALL allocate_memory(VkDevice device, const VkMemoryAllocateInfo* info,
                                    const VkAllocationCallbacks* allocator, VkDeviceMemory* made) {
  const std::lock_guard lock(memory_lock);
  if (trouble().kind == "memory" && memory_bytes + info->allocationSize > trouble().at << 20)
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;
  const VkResult result = below<PFN_vkAllocateMemory>("vkAllocateMemory")(device, info, allocator, made);
  if (result == VK_SUCCESS) memory_bytes += memory[*made] = info->allocationSize;
  return result;
}

void VKAPI_CALL free_memory(VkDevice device, VkDeviceMemory given, const VkAllocationCallbacks* allocator) {
  const std::lock_guard lock(memory_lock);
  memory_bytes -= memory[given];
  memory.erase(given);
  below<PFN_vkFreeMemory>("vkFreeMemory")(device, given, allocator);
}

PFN_vkVoidFunction own(const char* name) {
  const auto is = [name](const char* other) { return std::strcmp(name, other) == 0; };
  if (is("vkCreateInstance")) return reinterpret_cast<PFN_vkVoidFunction>(create_instance);
  if (is("vkCreateDevice")) return reinterpret_cast<PFN_vkVoidFunction>(create_device);
  if (is("vkQueueSubmit")) return reinterpret_cast<PFN_vkVoidFunction>(queue_submit);
  if (is("vkAllocateMemory")) return reinterpret_cast<PFN_vkVoidFunction>(allocate_memory);
  if (is("vkFreeMemory")) return reinterpret_cast<PFN_vkVoidFunction>(free_memory);
  return nullptr;
}

PFN_vkVoidFunction VKAPI_CALL of_device(VkDevice device, const char* name) {
  const PFN_vkVoidFunction mine = own(name);
  return mine ? mine : next_device(device, name);
}

PFN_vkVoidFunction VKAPI_CALL of_instance(VkInstance instance, const char* name) {
  if (std::strcmp(name, "vkGetDeviceProcAddr") == 0) return reinterpret_cast<PFN_vkVoidFunction>(of_device);
  const PFN_vkVoidFunction mine = own(name);
  if (mine) return mine;
  return next_instance ? next_instance(instance, name) : nullptr;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) VkResult vkNegotiateLoaderLayerInterfaceVersion(
    VkNegotiateLayerInterface* versions) {
  versions->loaderLayerInterfaceVersion = 2;
  versions->pfnGetInstanceProcAddr = of_instance;
  versions->pfnGetDeviceProcAddr = of_device;
  versions->pfnGetPhysicalDeviceProcAddr = nullptr;
  return VK_SUCCESS;
}
