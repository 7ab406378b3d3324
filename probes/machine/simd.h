// Instruction sets that matter to dot products.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace weighin {

/// The instruction-set features that matter to dot products, as the CPU and the operating system both allow
/// them.
struct Simd {
  // x86
  bool sse42 = false, avx = false, avx2 = false, fma = false, f16c = false;
  bool avx512f = false, avx512bw = false, avx512vl = false, avx512dq = false;
  bool avx512vnni = false, avx512bf16 = false, avx512fp16 = false;
  bool avxvnni = false, amx_tile = false, amx_int8 = false, amx_bf16 = false;
  // ARM
  bool neon = false, arm_fp16 = false, dotprod = false, i8mm = false, arm_bf16 = false, sve = false;

  /// The names of the features that are present, the widest last: {"sse4.2", "avx2", ...}.
  std::vector<std::string> names() const;
};

/// One feature and its names.
struct SimdFeature {
  const char* name;     // in messages
  const char* flag;     // in /proc/cpuinfo
  bool Simd::*present;  // where it is kept
};

/// Every feature, the widest last. Two flags with one name follow each other.
std::span<const SimdFeature> simd_features();

}  // namespace weighin
