#include "harness/engines/ggml/team.h"

#include <sched.h>

namespace weighin {

GgmlTeam::GgmlTeam(const Ggml& ggml, uint32_t threads) : ggml_(ggml), threads_(threads) {
  // Threads inherit the processors of the thread that starts them. So this thread takes all but the first for
  // a moment, and then the first for itself: otherwise the system may leave it on one core with a thread that
  // it waits for, and each then works in slices of 4 ms.
  cpu_set_t others;
  sched_getaffinity(0, sizeof own_, &own_);
  CPU_ZERO(&others);
  CPU_OR(&others, &others, &own_);
  int first = 0;
  while (first < CPU_SETSIZE && !CPU_ISSET(first, &own_)) ++first;
  CPU_CLR(first, &others);
  const bool apart = threads > 1 && static_cast<uint32_t>(CPU_COUNT(&own_)) >= threads;
  if (apart) sched_setaffinity(0, sizeof others, &others);
  GgmlTeamParameters parameters = ggml.threadpool_params_default(static_cast<int>(threads));
  pool_ = ggml.threadpool_new(&parameters);
  if (apart) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ggml.set_n_threads(ggml.backend, static_cast<int>(threads));
  ggml.set_threadpool(ggml.backend, pool_);
}

GgmlTeam::~GgmlTeam() {
  ggml_.set_threadpool(ggml_.backend, nullptr);
  ggml_.threadpool_free(pool_);
  sched_setaffinity(0, sizeof own_, &own_);
}

}  // namespace weighin
