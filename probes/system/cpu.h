// The processor: its name, governor and frequency.
#pragma once

#include <string>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Architecture, name, governor and frequencies of /proc/cpuinfo, the device tree and cpufreq's first CPU.
void probe_cpu(const Host& host, Machine& machine);

/// The core's name for "CPU implementer" and "CPU part" of an ARM /proc/cpuinfo, e.g. ("0x41", "0xd0b") is
/// "Cortex-A76"; both numbers in words when they are not in the table. Source: Linux's
/// arch/arm64/include/asm/cputype.h.
std::string arm_core_name(const std::string& implementer, const std::string& part);

}  // namespace weighin
