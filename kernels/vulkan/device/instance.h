// Vulkan's instance, and what its errors say.
#pragma once

#include <exception>
#include <string>
#include <vulkan/vulkan_raii.hpp>

namespace weighin {

/// An instance of the newest version that both the loader and this program know, with the validation layers
/// if `validate`. Throws vk::Error, and std::runtime_error where there is no loader or there are no layers.
vk::raii::Instance make_instance(vk::raii::Context& context, bool validate);

/// What `error`, which Vulkan threw, says in words: "the GPU's memory is used up", "the device was lost".
std::string vulkan_error(const std::exception& error);

}  // namespace weighin
