// How much a browser's WebGPU lets a page allocate and bind on a GPU.
#pragma once

#include <cstdint>

namespace weighin {

/// Bytes of the largest buffer, and of the largest part of a buffer that a shader may be given.
struct WebgpuLimits {
  uint64_t default_buffer_bytes = 0, default_binding_bytes = 0;  // what a page has that requests no limits
  uint64_t raised_buffer_bytes = 0,
           raised_binding_bytes = 0;  // what a page has that requests the highest limits
};

/// The default limits are those of WebGPU's specification. The raised ones are those that Chromium's Dawn
/// derives from Vulkan's limits; a limit that is not known (0) raises nothing. `vendor_id` is the PCI id.
/// `max_buffer_bytes` is maxBufferSize, or maxMemoryAllocationSize if the driver reports no maxBufferSize.
WebgpuLimits webgpu_limits(uint32_t vendor_id, uint64_t max_storage_buffer_range, uint64_t max_buffer_bytes);

}  // namespace weighin
