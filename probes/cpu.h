// The processor: its name, features, governor and frequency.
#pragma once

#include <cstdint>
#include <string>

#include "probes/machine.h"

namespace weighin {

/// Architecture, name, governor and frequencies of /proc/cpuinfo, the device tree and cpufreq's first CPU.
void probe_cpu(const Host& host, Machine& machine);

/// Instruction sets from /proc/cpuinfo's flags (x86) or Features (ARM): the kernel lists there what the CPU
/// has and the system saves at context switches. Where that cannot be read on the live machine, cpuid (x86)
/// or the auxiliary vector (ARM) is asked.
void probe_simd(const Host& host, Machine& machine);

/// The features that a 64-bit ARM Linux tells each program by AT_HWCAP and AT_HWCAP2 of its auxiliary vector
/// (getauxval). Source: Linux's arch/arm64/include/uapi/asm/hwcap.h.
Simd simd_of_hwcap(uint64_t hwcap, uint64_t hwcap2);

/// The core's name for "CPU implementer" and "CPU part" of an ARM /proc/cpuinfo, e.g. ("0x41", "0xd0b") is
/// "Cortex-A76"; both numbers in words when they are not in the table. Source: Linux's
/// arch/arm64/include/asm/cputype.h.
std::string arm_core_name(const std::string& implementer, const std::string& part);

}  // namespace weighin
