#include "probes/system/this_cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>

#include "probes/system/simd_flags.h"
#endif

#include <cstdint>

namespace weighin {

#if defined(__x86_64__)
namespace {

struct Registers {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers r;
  __get_cpuid_count(leaf, subleaf, &r.a, &r.b, &r.c, &r.d);  // zeros if there is no such leaf
  return r;
}

/// The register states that the operating system saves at a context switch (XCR0).
uint64_t saved_states() {
  uint32_t low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

bool bit(unsigned word, unsigned index) {
  return (word >> index & 1) != 0;
}
}  // namespace
#endif

Simd this_cpu() {
  Simd simd;
#if defined(__x86_64__)
  const Registers basic = cpuid(1, 0), seven = cpuid(7, 0);
  Registers seven_1;
  if (seven.a >= 1) seven_1 = cpuid(7, 1);
  simd.sse42 = bit(basic.c, 20);
  const uint64_t states = bit(basic.c, 27) ? saved_states() : 0;
  constexpr uint64_t ymm = 0x6, zmm = 0xe6, tiles = 0x60000;
  if ((states & ymm) == ymm) {
    simd.avx = bit(basic.c, 28);
    simd.fma = bit(basic.c, 12);
    simd.f16c = bit(basic.c, 29);
    simd.avx2 = bit(seven.b, 5);
    simd.avxvnni = bit(seven_1.a, 4);
  }
  if ((states & zmm) == zmm) {
    simd.avx512f = bit(seven.b, 16);
    simd.avx512dq = bit(seven.b, 17);
    simd.avx512bw = bit(seven.b, 30);
    simd.avx512vl = bit(seven.b, 31);
    simd.avx512vnni = bit(seven.c, 11);
    simd.avx512fp16 = bit(seven.d, 23);
    simd.avx512bf16 = bit(seven_1.a, 5);
  }
  if ((states & tiles) == tiles) {
    simd.amx_bf16 = bit(seven.d, 22);
    simd.amx_tile = bit(seven.d, 24);
    simd.amx_int8 = bit(seven.d, 25);
  }
#elif defined(__aarch64__)
  simd = simd_of_hwcap(getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
#endif
  return simd;
}

}  // namespace weighin
