#include "kernels/vulkan/device/read_gpu_facts.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "probes/gpu/vulkan.h"
#include "probes/gpu/vulkan_matrices.h"

namespace weighin {
namespace {

constexpr uint64_t no_limit = UINT64_MAX;

/// Facts of later versions of Vulkan, where the driver knows the structures that are asked for.
void read_features(const vk::raii::PhysicalDevice& device, GpuFacts& facts) {
  const bool newest = device.getProperties().apiVersion >= VK_API_VERSION_1_3;
  vk::PhysicalDeviceShaderIntegerDotProductFeatures dot;
  vk::PhysicalDeviceShaderFloat16Int8Features half;
  vk::PhysicalDeviceFeatures2 features;
  void** end = &features.pNext;
  const auto ask = [&end](auto& structure) {
    *end = &structure;
    end = &structure.pNext;
  };
  if (newest || has_extension(device, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME)) ask(dot);
  if (device.getProperties().apiVersion >= VK_API_VERSION_1_2 ||
      has_extension(device, VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME))
    ask(half);
  (*device).getFeatures2(&features, *device.getDispatcher());
  facts.integer_dot = dot.shaderIntegerDotProduct;
  facts.float16 = half.shaderFloat16;
}

/// Whether shaders can be compiled for whole subgroups of a given size, which matrix units need.
bool has_named_subgroups(const vk::raii::PhysicalDevice& device) {
  if (device.getProperties().apiVersion < VK_API_VERSION_1_3) return false;
  vk::PhysicalDeviceSubgroupSizeControlFeatures sizes;
  vk::PhysicalDeviceVulkanMemoryModelFeatures memory_model;
  vk::PhysicalDeviceFeatures2 features;
  features.pNext = &sizes;
  sizes.pNext = &memory_model;
  (*device).getFeatures2(&features, *device.getDispatcher());
  vk::PhysicalDeviceSubgroupSizeControlProperties limits;
  vk::PhysicalDeviceProperties2 properties;
  properties.pNext = &limits;
  (*device).getProperties2(&properties, *device.getDispatcher());
  const bool in_compute = bool(limits.requiredSubgroupSizeStages & vk::ShaderStageFlagBits::eCompute);
  return sizes.subgroupSizeControl && sizes.computeFullSubgroups && in_compute &&
         memory_model.vulkanMemoryModel && memory_model.vulkanMemoryModelDeviceScope;
}

/// Of `shapes` the one that multiplies most at once, among those whose m, n and k divide what
/// shaders/gemm_matrix.glsl loads at a time. Shapes with more than 16 by 16 sums are left out: they take
/// registers that the next tile needs (judgement).
MatrixUnits best_of(const std::vector<MatrixShape>& shapes) {
  MatrixUnits best;
  for (const MatrixShape& s : shapes) {
    const bool halves = s.a == "f16" && s.b == "f16" && s.sum == "f32";
    const bool fits =
        s.k % 8 == 0 && 32 % s.k == 0 && s.m <= 16 && 16 % s.m == 0 && s.n <= 16 && 16 % s.n == 0;
    if (halves && fits && s.m * s.n * s.k > best.m * best.n * best.k) {
      best.m = s.m;
      best.n = s.n;
      best.k = s.k;
    }
  }
  best.lacking = best.m ? "" : "matrix units of a shape that kernels here know";
  return best;
}

MatrixUnits matrix_units_of(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device,
                            const GpuFacts& facts) {
  const bool khr = has_extension(device, khr_cooperative_matrix);
  const bool nv = has_extension(device, VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME);
  if (!khr && !nv) return {};
  if (!facts.float16 || !facts.subgroup_arithmetic || !has_named_subgroups(device))
    return {
        .lacking =
            "halves, sums within a subgroup, Vulkan's memory model or whole subgroups of a named size, which "
            "matrix units need"};
  const auto function = [&](const char* name) { return instance.getProcAddr(name); };
  MatrixUnits units = best_of(matrix_shapes(function, *device, khr, nv));
  units.khr = khr;
  return units;
}

void read_limits(const vk::raii::PhysicalDevice& device, GpuFacts& facts) {
  const bool has_dot = facts.integer_dot;
  vk::PhysicalDeviceShaderIntegerDotProductProperties dot;
  vk::PhysicalDeviceMaintenance3Properties allocation;
  vk::PhysicalDeviceSubgroupProperties subgroup;
  vk::PhysicalDeviceDriverProperties driver;
  vk::PhysicalDeviceIDProperties id;
  vk::PhysicalDeviceProperties2 all;
  void** end = &all.pNext;
  const auto ask = [&end](auto& structure) {
    *end = &structure;
    end = &structure.pNext;
  };
  ask(allocation);
  ask(subgroup);
  ask(id);
  if (has_dot) ask(dot);
  if (device.getProperties().apiVersion >= VK_API_VERSION_1_2) ask(driver);
  (*device).getProperties2(&all, *device.getDispatcher());
  const vk::PhysicalDeviceProperties& base = all.properties;
  facts.id = vulkan_device_id(base.vendorID, base.deviceID, std::span<const uint8_t, 16>(id.deviceUUID));
  facts.name = base.deviceName.data();
  facts.driver = driver.driverName.data();
  facts.driver_version =
      driver.driverInfo[0] ? std::string(driver.driverInfo.data()) : std::to_string(base.driverVersion);
  facts.software = base.deviceType == vk::PhysicalDeviceType::eCpu;
  facts.unified = facts.software || base.deviceType == vk::PhysicalDeviceType::eIntegratedGpu;
  facts.subgroup_size = subgroup.subgroupSize;
  facts.subgroup_arithmetic =
      (subgroup.supportedOperations & vk::SubgroupFeatureFlagBits::eArithmetic) !=
          vk::SubgroupFeatureFlags{} &&
      (subgroup.supportedStages & vk::ShaderStageFlagBits::eCompute) != vk::ShaderStageFlags{};
  facts.integer_dot_fast = dot.integerDotProduct4x8BitPackedSignedAccelerated;
  facts.max_binding_bytes = base.limits.maxStorageBufferRange;
  facts.max_allocation_bytes =
      allocation.maxMemoryAllocationSize ? allocation.maxMemoryAllocationSize : no_limit;
  facts.max_group_threads =
      std::min(base.limits.maxComputeWorkGroupInvocations, base.limits.maxComputeWorkGroupSize[0]);
  facts.max_shared_bytes = base.limits.maxComputeSharedMemorySize;
  const auto families = device.getQueueFamilyProperties();
  if (families.at(compute_family(device)).timestampValidBits > 0)
    facts.clock_period_s = base.limits.timestampPeriod * 1e-9;
}

}  // namespace

bool has_extension(const vk::raii::PhysicalDevice& device, std::string_view name) {
  const auto extensions = device.enumerateDeviceExtensionProperties();
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const vk::ExtensionProperties& e) { return name == e.extensionName.data(); });
}

uint32_t compute_family(const vk::raii::PhysicalDevice& device) {
  const auto families = device.getQueueFamilyProperties();
  std::optional<uint32_t> found;
  for (uint32_t i = 0; i < families.size(); ++i) {
    if (!(families[i].queueFlags & vk::QueueFlagBits::eCompute) || families[i].queueCount == 0) continue;
    if (families[i].timestampValidBits > 0) return i;
    if (!found) found = i;
  }
  if (!found) throw std::runtime_error("the GPU has no queue that computes");
  return *found;
}

GpuFacts read_gpu_facts(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device) {
  GpuFacts facts;
  read_features(device, facts);
  read_limits(device, facts);
  facts.matrix_units = matrix_units_of(instance, device, facts);
  const vk::PhysicalDeviceMemoryProperties memory = device.getMemoryProperties();
  for (uint32_t i = 0; i < memory.memoryHeapCount; ++i) {
    const vk::MemoryHeap& heap = memory.memoryHeaps[i];
    if (heap.flags & vk::MemoryHeapFlagBits::eDeviceLocal)
      facts.memory_bytes = std::max(facts.memory_bytes, heap.size);
  }
  return facts;
}

}  // namespace weighin
