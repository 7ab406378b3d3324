// The processor: its name, governor and frequency.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Reads the architecture, name, governor and frequencies from /proc/cpuinfo and the cpufreq files of the
/// first CPU. An ARM processor is named by its cores, since Linux writes only "ARMv8 Processor rev 0 (v8l)".
void probe_cpu(const Host& host, Machine& machine);

}  // namespace weighin
