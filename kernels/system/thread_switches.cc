#include "kernels/system/thread_switches.h"

#include <sys/resource.h>

namespace weighin {

uint64_t involuntary_switches() {
  rusage used{};
  return getrusage(RUSAGE_THREAD, &used) == 0 ? static_cast<uint64_t>(used.ru_nivcsw) : 0;
}

}  // namespace weighin
