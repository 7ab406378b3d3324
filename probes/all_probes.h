// Runs every probe over one machine.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Runs every probe of all_probes.cc, in that order. It never fails: a fact that cannot be read is absent,
/// with its reason.
Machine probe_machine(const Host& host);

}  // namespace weighin
