// The instruction sets that the processor and the operating system both allow.
#pragma once

#include <cstdint>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Reads the instruction sets from the flags (x86) or Features (ARM) of /proc/cpuinfo. The kernel lists there
/// what the CPU has and the kernel saves at context switches. If the file cannot be read on the live machine,
/// the processor is asked (this_cpu).
void probe_simd(const Host& host, Machine& machine);

/// The features that 64-bit ARM Linux tells a program by AT_HWCAP and AT_HWCAP2 of its auxiliary vector
/// (getauxval). Source: Linux's arch/arm64/include/uapi/asm/hwcap.h.
Simd simd_of_hwcap(uint64_t hwcap, uint64_t hwcap2);

}  // namespace weighin
