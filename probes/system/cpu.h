// The processor: its name, governor and frequency.
#pragma once

#include <string>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Reads the architecture, name, governor and frequencies from /proc/cpuinfo and the cpufreq files of the
/// first CPU.
void probe_cpu(const Host& host, Machine& machine);

/// The name of the core that an ARM /proc/cpuinfo describes by "CPU implementer" and "CPU part": ("0x41",
/// "0xd0b") is "Cortex-A76". A core that is not in the table is named by both numbers. Source: Linux's
/// arch/arm64/include/asm/cputype.h.
std::string arm_core_name(const std::string& implementer, const std::string& part);

}  // namespace weighin
