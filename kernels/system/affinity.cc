#include "kernels/system/affinity.h"

#include <sched.h>

namespace weighin {

static_assert(most_processors == CPU_SETSIZE);

std::vector<int> allowed_processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  std::vector<int> processors;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return processors;
  for (int processor = 0; processor < most_processors; ++processor)
    if (CPU_ISSET(processor, &allowed)) processors.push_back(processor);
  return processors;
}

void pin_to(std::span<const int> processors) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  for (const int processor : processors) CPU_SET(processor, &allowed);
  sched_setaffinity(0, sizeof allowed, &allowed);
}

}  // namespace weighin
