// How often the system took the processor from a thread.
#pragma once

#include <cstdint>

namespace weighin {

/// How often the system gave the processor of the calling thread to another one although the thread could
/// have gone on (ru_nivcsw of getrusage(2), RUSAGE_THREAD). It only grows; 0 where the system does not count.
uint64_t involuntary_switches();

}  // namespace weighin
