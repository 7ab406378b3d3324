// Every probe, run over one machine.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Runs every probe of all_probes.cc, in that order. Never fails: what cannot be read is absent with its
/// reason.
Machine probe_machine(const Host& host);

}  // namespace weighin
