#include "kernels/vulkan/device/gpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kernels/vulkan/device/gpu_state.h"
#include "kernels/vulkan/device/instance.h"
#include "kernels/vulkan/device/read_gpu_facts.h"

namespace weighin {
namespace {

VKAPI_ATTR VkBool32 VKAPI_CALL keep_complaint(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                              VkDebugUtilsMessageTypeFlagsEXT,
                                              const VkDebugUtilsMessengerCallbackDataEXT* data,
                                              void* complaints) {
  static_cast<std::vector<std::string>*>(complaints)->emplace_back(data->pMessage);
  return VK_FALSE;
}

/// VkPhysicalDeviceCooperativeMatrixFeaturesKHR, which is newer than the headers of Debian 12 (Vulkan
/// registry, extension 507).
struct KhrMatrixFeatures {
  VkStructureType type = static_cast<VkStructureType>(1000506000);
  void* pNext = nullptr;
  VkBool32 matrices = VK_TRUE, with_robust_access = VK_FALSE;
};

/// The device, with every feature enabled that kernels use and the GPU has.
vk::raii::Device make_device(const vk::raii::PhysicalDevice& physical, const GpuFacts& facts) {
  const float priority = 1;
  const vk::DeviceQueueCreateInfo queue({}, compute_family(physical), 1, &priority);
  vk::PhysicalDeviceShaderIntegerDotProductFeatures dot(VK_TRUE);
  vk::PhysicalDeviceShaderFloat16Int8Features half(VK_TRUE, VK_FALSE);
  KhrMatrixFeatures khr_matrices;
  vk::PhysicalDeviceCooperativeMatrixFeaturesNV nv_matrices(VK_TRUE, VK_FALSE);
  vk::PhysicalDeviceVulkanMemoryModelFeatures memory_model(
      VK_TRUE, VK_TRUE);  // the second is for atomics of other shaders
  vk::PhysicalDeviceSubgroupSizeControlFeatures subgroup_sizes(VK_TRUE, VK_TRUE);
  const uint32_t version = physical.getProperties().apiVersion;
  std::vector<const char*> extensions;
  void* chain = nullptr;
  const auto turn_on = [&](auto& structure, uint32_t part_of, const char* extension) {
    structure.pNext = chain;
    chain = &structure;
    if (version < part_of) extensions.push_back(extension);
  };
  if (facts.integer_dot) turn_on(dot, VK_API_VERSION_1_3, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
  if (facts.float16) turn_on(half, VK_API_VERSION_1_2, VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME);
  if (facts.matrix_units.m > 0) {
    turn_on(memory_model, VK_API_VERSION_1_2, VK_KHR_VULKAN_MEMORY_MODEL_EXTENSION_NAME);
    turn_on(subgroup_sizes, VK_API_VERSION_1_3, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    constexpr uint32_t no_version = UINT32_MAX;
    if (facts.matrix_units.khr)
      turn_on(khr_matrices, no_version, khr_cooperative_matrix);
    else
      turn_on(nv_matrices, no_version, VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME);
  }
  vk::DeviceCreateInfo info({}, queue, {}, extensions);
  info.pNext = chain;
  return {physical, info};
}

struct VisibleGpu {
  vk::raii::PhysicalDevice device;
  GpuFacts facts;
};

/// The GPUs that kernels can run on, in the loader's order.
std::vector<VisibleGpu> usable_gpus(const vk::raii::Instance& instance) {
  std::vector<VisibleGpu> usable;
  for (vk::raii::PhysicalDevice& device : vk::raii::PhysicalDevices(instance)) {
    if (device.getProperties().apiVersion < VK_API_VERSION_1_1) continue;
    GpuFacts facts = read_gpu_facts(instance, device);
    usable.push_back({std::move(device), std::move(facts)});
  }
  return usable;
}

}  // namespace

Gpu::Gpu() : state_(std::make_unique<State>()) {}
Gpu::~Gpu() = default;

const GpuFacts& Gpu::facts() const {
  return state_->facts;
}
const std::string& Gpu::failure() const {
  return state_->failure;
}
const std::vector<std::string>& Gpu::complaints() const {
  return state_->complaints;
}

double Gpu::since_timed_s() const {
  if (!state_->timed) return std::numeric_limits<double>::infinity();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - *state_->timed).count();
}

void Gpu::was_timed() {
  state_->timed = std::chrono::steady_clock::now();
}

tl::expected<std::unique_ptr<Gpu>, std::string> Gpu::open(const std::string& id, const GpuOptions& options) {
  try {
    std::unique_ptr<Gpu> gpu(new Gpu());
    State& s = *gpu->state_;
    s.instance = make_instance(s.context, options.validate);
    if (options.validate) {
      using Severity = vk::DebugUtilsMessageSeverityFlagBitsEXT;
      using Type = vk::DebugUtilsMessageTypeFlagBitsEXT;
      s.messenger = {s.instance, vk::DebugUtilsMessengerCreateInfoEXT(
                                     {}, Severity::eWarning | Severity::eError,
                                     Type::eValidation | Type::ePerformance, keep_complaint, &s.complaints)};
    }
    std::vector<VisibleGpu> visible = usable_gpus(s.instance);
    std::vector<GpuFacts> facts;
    for (const VisibleGpu& one : visible) facts.push_back(one.facts);
    const auto chosen = chosen_gpu(facts, id, options.driver);
    if (!chosen) return tl::unexpected(fmt::format("Vulkan shows no GPU {} of version 1.1 or newer", id));
    s.physical = std::move(visible[*chosen].device);
    s.facts = std::move(visible[*chosen].facts);
    s.device = make_device(s.physical, s.facts);
    const uint32_t family = compute_family(s.physical);
    s.queue = s.device.getQueue(family, 0);
    s.commands = {s.device, vk::CommandPoolCreateInfo({}, family)};
    const uint32_t bits = s.physical.getQueueFamilyProperties()[family].timestampValidBits;
    s.clock_mask = bits >= 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
    return gpu;
  } catch (const std::exception& error) {
    return tl::unexpected(fmt::format("the GPU {} could not be opened: {}", id, vulkan_error(error)));
  }
}

tl::expected<std::vector<GpuFacts>, std::string> visible_gpus() {
  try {
    vk::raii::Context context;
    const vk::raii::Instance instance = make_instance(context, false);
    std::vector<GpuFacts> found;
    for (VisibleGpu& one : usable_gpus(instance)) found.push_back(std::move(one.facts));
    std::stable_sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.software < b.software; });
    return found;
  } catch (const std::exception& error) {
    return tl::unexpected(fmt::format("no GPU can be used through Vulkan: {}", vulkan_error(error)));
  }
}

}  // namespace weighin
