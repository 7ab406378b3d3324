#include "probes/gpu/webgpu_limits.h"

#include <algorithm>
#include <array>
#include <span>

#include "models/text/units.h"

namespace weighin {
namespace {

// Dawn reports one of a few tiers, so that a page cannot tell GPUs apart. The first tier is the
// specification's default (W3C WebGPU, "Limits"). Source: src/dawn/native/Limits.cpp, read 2026-11-28.
constexpr std::array binding_tiers{128_mib, 256_mib, 512_mib, 1_gib, 2_gib - 4, 4_gib - 4};
constexpr std::array buffer_tiers{256_mib, 1_gib, 2_gib, 4_gib - 4};

/// Dawn allows smaller bindings on NVIDIA's GPUs, because shaders handle sizes of 2 GiB and more wrongly
/// there (src/dawn/native/vulkan/PhysicalDeviceVk.cpp, crbug.com/435684920).
constexpr uint32_t nvidia = 0x10de;
constexpr uint64_t nvidia_binding_bytes = 2_gib - 4;

/// The highest tier within `bytes`; 0 for a GPU below the first tier, which gets no WebGPU.
uint64_t tier_of(std::span<const uint64_t> tiers, uint64_t bytes) {
  uint64_t found = 0;
  for (const uint64_t tier : tiers)
    if (tier <= bytes) found = tier;
  return found;
}

}  // namespace

WebgpuLimits webgpu_limits(uint32_t vendor_id, uint64_t max_storage_buffer_range, uint64_t max_buffer_bytes) {
  WebgpuLimits limits;
  limits.raised_buffer_bytes = tier_of(buffer_tiers, max_buffer_bytes ? max_buffer_bytes : buffer_tiers[0]);
  uint64_t binding = max_storage_buffer_range ? max_storage_buffer_range : binding_tiers[0];
  if (vendor_id == nvidia) binding = std::min(binding, nvidia_binding_bytes);
  limits.raised_binding_bytes = std::min(tier_of(binding_tiers, binding), limits.raised_buffer_bytes);
  if (limits.raised_buffer_bytes == 0 || limits.raised_binding_bytes == 0) return {};
  limits.default_buffer_bytes = buffer_tiers[0];
  limits.default_binding_bytes = binding_tiers[0];
  return limits;
}

}  // namespace weighin
