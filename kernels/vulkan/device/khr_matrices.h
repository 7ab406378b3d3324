// Shaders for matrix units, from the words of NVIDIA's extension to those of Khronos's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weighin {

/// SPIR-V of SPV_NV_cooperative_matrix as SPV_KHR_cooperative_matrix, which nearly every driver has instead;
/// the compiler of Debian 12 knows the older one alone. They differ in that KHR types say whether they are a
/// factor's (and which) or a sum's, which is read here from the multiplications, and in that its layouts are
/// numbers. Needs types that are used as one of the three, and a 32-bit unsigned type. Other words are
/// returned as they are.
std::vector<uint32_t> with_khr_matrices(std::span<const uint32_t> words);

}  // namespace weighin
