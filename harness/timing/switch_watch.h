// Whether the system took a core from a team of threads while a sample was taken.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/kernel/kernel.h"
#include "kernels/threads/thread_pool.h"

namespace weighin {

/// A sample is disturbed where the system gave the core of one of the team's threads to another program in
/// the meantime. Such a sample tells how long the other program ran (milliseconds, the scheduler's time
/// slice), and nothing of the kernel.
class SwitchWatch {
 public:
  explicit SwitchWatch(ThreadPool& pool);

  /// To be called right before the sample. Returns when every thread of the team runs, so that none of them
  /// is waiting for a core when the sample begins.
  void begin();

  /// To be called right after the sample: whether any thread of the team lost its core since begin().
  bool disturbed();

 private:
  /// A thread's count, on a cache line of its own.
  struct alignas(64) Count {
    uint64_t before = 0;
    bool grew = false;
  };
  ThreadPool& pool_;
  std::vector<Count> counts_;  // by rank
};

/// Seconds of one run of `prepared`, the mean of `runs` runs in a row, by its own clock where it has one.
double seconds_of_run(Prepared& prepared, unsigned runs);

/// The same, taken again while it was disturbed and `again_s`, the seconds that may be spent on that, lasts.
/// What is spent is taken off `again_s`.
double undisturbed_seconds(Prepared& prepared, unsigned runs, SwitchWatch& watch, double& again_s);

}  // namespace weighin
