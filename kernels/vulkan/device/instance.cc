#include "kernels/vulkan/device/instance.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace weighin {
namespace {

/// What the DynamicLoader of vulkan.hpp throws.
constexpr std::string_view no_loader = "Failed to load vulkan library!";

constexpr const char* validation_layer = "VK_LAYER_KHRONOS_validation";

bool has_layer(const vk::raii::Context& context, std::string_view name) {
  const auto layers = context.enumerateInstanceLayerProperties();
  return std::any_of(layers.begin(), layers.end(),
                     [&](const vk::LayerProperties& layer) { return name == layer.layerName.data(); });
}

}  // namespace

std::string vulkan_error(const std::exception& error) {
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
  // Only loaders of version 1.0 refuse versions that are newer than their own.
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

}  // namespace weighin
