// The compiled shaders of kernels/vulkan/shaders/, which cmake/shaders.cmake puts into the program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// The names of all shaders.
std::vector<std::string_view> shader_names();

/// The SPIR-V of one shader; nothing where there is no such shader.
std::optional<std::vector<uint32_t>> shader_words(const std::string& name);

}  // namespace weighin
