// Opening a GPU.
#include "kernels/vulkan/device/gpu.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/vulkan/device/gpu_state.h"

namespace weighin {
namespace {

/// What vulkan.hpp's DynamicLoader throws.
constexpr std::string_view no_loader = "Failed to load vulkan library!";

constexpr const char* validation_layer = "VK_LAYER_KHRONOS_validation";

VKAPI_ATTR VkBool32 VKAPI_CALL keep_complaint(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                              VkDebugUtilsMessageTypeFlagsEXT,
                                              const VkDebugUtilsMessengerCallbackDataEXT* data,
                                              void* complaints) {
  static_cast<std::vector<std::string>*>(complaints)->emplace_back(data->pMessage);
  return VK_FALSE;
}

/// VkPhysicalDeviceCooperativeMatrixFeaturesKHR, newer than the headers of Debian 12 (Vulkan registry,
/// extension 507).
struct KhrMatrixFeatures {
  VkStructureType type = static_cast<VkStructureType>(1000506000);
  void* pNext = nullptr;
  VkBool32 matrices = VK_TRUE, with_robust_access = VK_FALSE;
};

/// The device with every feature on that kernels use where it is there.
vk::raii::Device make_device(const vk::raii::PhysicalDevice& physical, const GpuFacts& facts) {
  const float priority = 1;
  const vk::DeviceQueueCreateInfo queue({}, compute_family(physical), 1, &priority);
  vk::PhysicalDeviceShaderIntegerDotProductFeatures dot(VK_TRUE);
  vk::PhysicalDeviceShaderFloat16Int8Features half(VK_TRUE, VK_FALSE);
  KhrMatrixFeatures khr_matrices;
  vk::PhysicalDeviceCooperativeMatrixFeaturesNV nv_matrices(VK_TRUE, VK_FALSE);
  vk::PhysicalDeviceVulkanMemoryModelFeatures memory_model(
      VK_TRUE, VK_TRUE);  // other shaders' atomics need the second
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

bool has_layer(const vk::raii::Context& context, std::string_view name) {
  const auto layers = context.enumerateInstanceLayerProperties();
  return std::any_of(layers.begin(), layers.end(),
                     [&](const vk::LayerProperties& layer) { return name == layer.layerName.data(); });
}

}  // namespace

std::string said(const std::exception& error) {
  const auto* of_vulkan = dynamic_cast<const vk::SystemError*>(&error);
  if (of_vulkan == nullptr) {
    const std::string_view words = error.what();
    return words == no_loader ? "no Vulkan loader (libvulkan.so.1) is installed" : std::string(words);
  }
  switch (static_cast<vk::Result>(of_vulkan->code().value())) {
    case vk::Result::eErrorDeviceLost:
      return "the device was lost";
    case vk::Result::eErrorOutOfDeviceMemory:
      return "the GPU's memory is used up";
    case vk::Result::eErrorOutOfHostMemory:
      return "the driver found no memory on the machine";
    case vk::Result::eErrorIncompatibleDriver:
      return "no Vulkan driver is installed";
    default:
      return "the driver said " + vk::to_string(static_cast<vk::Result>(of_vulkan->code().value()));
  }
}

vk::raii::Instance make_instance(vk::raii::Context& context, bool validate) {
  if (validate && !has_layer(context, validation_layer))
    throw std::runtime_error(
        "the validation layers (Debian package vulkan-validationlayers) are not installed");
  // A loader refuses versions newer than its own only where that is 1.0.
  const uint32_t version =
      context.enumerateInstanceVersion() < VK_API_VERSION_1_1 ? VK_API_VERSION_1_0 : VK_API_VERSION_1_3;
  const vk::ApplicationInfo application("weighin", 0, nullptr, 0, version);
  std::vector<const char*> layers, extensions;
  const std::array checks{vk::ValidationFeatureEnableEXT::eSynchronizationValidation};
  const vk::ValidationFeaturesEXT features(checks);
  vk::InstanceCreateInfo info({}, &application);
  if (validate) {
    layers.push_back(validation_layer);
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    info.pNext = &features;
  }
  info.setPEnabledLayerNames(layers).setPEnabledExtensionNames(extensions);
  return {context, info};
}

namespace {

struct VisibleGpu {
  vk::raii::PhysicalDevice device;
  GpuFacts facts;
};

/// In the loader's order.
std::vector<VisibleGpu> usable_gpus(const vk::raii::Instance& instance) {
  std::vector<VisibleGpu> usable;
  for (vk::raii::PhysicalDevice& device : vk::raii::PhysicalDevices(instance)) {
    if (device.getProperties().apiVersion < VK_API_VERSION_1_1) continue;
    GpuFacts facts = facts_of(instance, device);
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
    return tl::unexpected(fmt::format("the GPU {} could not be opened: {}", id, said(error)));
  }
}

std::optional<size_t> chosen_gpu(std::span<const GpuFacts> gpus, std::string_view id,
                                 std::string_view driver) {
  std::optional<size_t> first;
  for (size_t i = 0; i < gpus.size(); ++i) {
    if (gpus[i].id != id) continue;
    if (gpus[i].driver == driver) return i;
    if (!first) first = i;
  }
  return first;
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
    return tl::unexpected(fmt::format("no GPU can be used through Vulkan: {}", said(error)));
  }
}

}  // namespace weighin
