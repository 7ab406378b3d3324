// Which instruction sets the processor and the operating system both allow.
#pragma once

#include <cstdint>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Instruction sets from /proc/cpuinfo's flags (x86) or Features (ARM): the kernel lists there what the CPU
/// has and the system saves at context switches. Where that cannot be read on the live machine, cpuid (x86)
/// or the auxiliary vector (ARM) is asked.
void probe_simd(const Host& host, Machine& machine);

/// The features that a 64-bit ARM Linux tells each program by AT_HWCAP and AT_HWCAP2 of its auxiliary vector
/// (getauxval). Source: Linux's arch/arm64/include/uapi/asm/hwcap.h.
Simd simd_of_hwcap(uint64_t hwcap, uint64_t hwcap2);

}  // namespace weighin
