#include "kernels/vulkan/device/shaders.h"

#include <cstring>
#include <span>
#include <utility>

namespace weighin {

// Made by cmake/shaders.cmake: (file, SPIR-V).
std::span<const std::pair<std::string_view, std::string_view>> shader_binaries();

namespace {

constexpr std::string_view binary_ending = ".spv";

}  // namespace

std::optional<std::vector<uint32_t>> shader_words(const std::string& name) {
  for (const auto& [file, bytes] : shader_binaries()) {
    if (file.substr(0, file.size() - binary_ending.size()) != name) continue;
    std::vector<uint32_t> words(bytes.size() / sizeof(uint32_t));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(uint32_t));
    return words;
  }
  return std::nullopt;
}

std::vector<std::string_view> shader_names() {
  std::vector<std::string_view> names;
  for (const auto& [file, bytes] : shader_binaries())
    names.push_back(file.substr(0, file.size() - binary_ending.size()));
  return names;
}

}  // namespace weighin
