#include "probes/machine/simd.h"

#include <array>

namespace weighin {

namespace {

// The widest comes last. Flags are spelled as in Linux's arch/x86/include/asm/cpufeatures.h and
// arch/arm64/kernel/cpuinfo.c.
constexpr std::array features{
    SimdFeature{"sse4.2", "sse4_2", &Simd::sse42},
    SimdFeature{"avx", "avx", &Simd::avx},
    SimdFeature{"f16c", "f16c", &Simd::f16c},
    SimdFeature{"fma", "fma", &Simd::fma},
    SimdFeature{"avx2", "avx2", &Simd::avx2},
    SimdFeature{"avx-vnni", "avx_vnni", &Simd::avxvnni},
    SimdFeature{"avx512f", "avx512f", &Simd::avx512f},
    SimdFeature{"avx512bw", "avx512bw", &Simd::avx512bw},
    SimdFeature{"avx512dq", "avx512dq", &Simd::avx512dq},
    SimdFeature{"avx512vl", "avx512vl", &Simd::avx512vl},
    SimdFeature{"avx512-vnni", "avx512_vnni", &Simd::avx512vnni},
    SimdFeature{"avx512-bf16", "avx512_bf16", &Simd::avx512bf16},
    SimdFeature{"avx512-fp16", "avx512_fp16", &Simd::avx512fp16},
    SimdFeature{"amx-tile", "amx_tile", &Simd::amx_tile},
    SimdFeature{"amx-int8", "amx_int8", &Simd::amx_int8},
    SimdFeature{"amx-bf16", "amx_bf16", &Simd::amx_bf16},
    SimdFeature{"neon", "asimd", &Simd::neon},
    SimdFeature{"neon", "neon", &Simd::neon},  // 32-bit kernels
    SimdFeature{"fp16", "asimdhp", &Simd::arm_fp16},
    SimdFeature{"dotprod", "asimddp", &Simd::dotprod},
    SimdFeature{"i8mm", "i8mm", &Simd::i8mm},
    SimdFeature{"bf16", "bf16", &Simd::arm_bf16},
    SimdFeature{"sve", "sve", &Simd::sve},
};

}  // namespace

std::span<const SimdFeature> simd_features() {
  return features;
}

std::vector<std::string> Simd::names() const {
  std::vector<std::string> names;
  for (const SimdFeature& feature : features) {
    if (!(this->*feature.present)) continue;
    if (names.empty() || names.back() != feature.name) names.emplace_back(feature.name);
  }
  return names;
}

}  // namespace weighin
