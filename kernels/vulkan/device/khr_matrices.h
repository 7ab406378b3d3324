// Rewrites shaders for matrix units from NVIDIA's extension to Khronos's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weighin {

/// Rewrites SPIR-V with SPV_NV_cooperative_matrix into SPIR-V with SPV_KHR_cooperative_matrix, which nearly
/// every driver has instead. The compiler of Debian 12 knows the older extension alone. They differ in two
/// ways. KHR types say whether a matrix is a factor (and which one) or a sum, which is found here from the
/// multiplications. And KHR layouts are numbers. Every matrix type must be used as one of the three, and
/// there must be a 32-bit unsigned type. Words without such matrices are returned unchanged.
std::vector<uint32_t> with_khr_matrices(std::span<const uint32_t> words);

}  // namespace weighin
