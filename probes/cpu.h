// The processor: its name, features, governor and frequency.
#pragma once

#include <string>

#include "probes/machine.h"

namespace weighin {

/// Architecture, name, governor and frequencies of /proc/cpuinfo, the device tree and cpufreq's first CPU.
void probe_cpu(const Host& host, Machine& machine);

/// Instruction sets from /proc/cpuinfo's flags (x86) or Features (ARM): the kernel lists there what the CPU
/// has and the system saves at context switches. Where that cannot be read on the live machine, cpuid is
/// asked.
void probe_simd(const Host& host, Machine& machine);

/// The core's name for "CPU implementer" and "CPU part" of an ARM /proc/cpuinfo, e.g. ("0x41", "0xd0b") is
/// "Cortex-A76"; both numbers in words when they are not in the table. Source: Linux's
/// arch/arm64/include/asm/cputype.h.
std::string arm_core_name(const std::string& implementer, const std::string& part);

}  // namespace weighin
