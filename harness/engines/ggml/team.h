// The threads that llama.cpp's CPU build computes with, as its own programs make them.
#pragma once

#include <sched.h>

#include <cstdint>

#include "harness/engines/ggml/library.h"

namespace weighin {

/// A thread pool of the library with its default settings, attached to the CPU's backend. The thread that
/// makes it works on a processor apart from the pool's other threads. Only one may exist at a time, and
/// graphs are computed from the thread that made it.
class GgmlTeam {
 public:
  GgmlTeam(const Ggml& ggml, uint32_t threads);
  ~GgmlTeam();
  GgmlTeam(const GgmlTeam&) = delete;
  GgmlTeam& operator=(const GgmlTeam&) = delete;
  uint32_t threads() const { return threads_; }

 private:
  const Ggml& ggml_;
  uint32_t threads_;
  GgmlThreadpool* pool_;
  cpu_set_t own_;  // the processors that this thread may run on
};

}  // namespace weighin
