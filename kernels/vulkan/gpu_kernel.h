// The GPU's rows of the kernel table, one function a family.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// All of them.
std::vector<Kernel> vulkan_kernels();

using PrepareOnGpu =
    std::function<tl::expected<std::unique_ptr<Prepared>, std::string>(const Problem&, Workbench&)>;

/// A row whose preparation is asked only with a GPU at hand, and says on which problem it failed.
Kernel gpu_row(std::string name, Op op, FormatId format, PrepareOnGpu prepare,
               std::function<std::string(const GpuFacts&)> lacks);

/// For kernels that every GPU runs.
std::string lacks_nothing(const GpuFacts& gpu);

/// vulkan.stream_read and vulkan.peak.ARITHMETIC.
std::vector<Kernel> vulkan_bound_kernels();
/// vulkan.copy.to_device and the like, vulkan.dispatch, vulkan.submit, vulkan.allocate.
std::vector<Kernel> vulkan_transfer_kernels();
/// vulkan.rms_norm and the other small operations.
std::vector<Kernel> vulkan_row_kernels();
/// vulkan.attention.CACHE and vulkan.prefill_attention.CACHE.
std::vector<Kernel> vulkan_attention_kernels();
/// vulkan.quantize.FORMAT and vulkan.embedding.FORMAT.
std::vector<Kernel> vulkan_format_kernels();

/// vulkan.gemv.FORMAT.ARITHMETIC and vulkan.gemm.FORMAT.ARITHMETIC.
std::vector<Kernel> vulkan_matrix_kernels();

}  // namespace weighin
