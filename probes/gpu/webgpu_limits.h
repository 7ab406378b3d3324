// What a browser's WebGPU lets a page bind and allocate on a GPU.
#pragma once

#include <cstdint>

namespace weighin {

/// Bytes of the largest buffer, and of the largest part of one that a shader may be given.
struct WebgpuLimits {
  uint64_t default_buffer_bytes = 0, default_binding_bytes = 0;  // of a page that asks for nothing
  uint64_t raised_buffer_bytes = 0, raised_binding_bytes = 0;    // of one that asks for all there is
};

/// By the limits of WebGPU's specification and, raised, by those that Chromium's Dawn takes from Vulkan
/// (limits it does not know, 0, raise nothing). `vendor_id`: as PCI has it. `max_buffer_bytes`:
/// maxBufferSize, or maxMemoryAllocationSize where a driver states no maxBufferSize.
WebgpuLimits webgpu_limits(uint32_t vendor_id, uint64_t max_storage_buffer_range, uint64_t max_buffer_bytes);

}  // namespace weighin
