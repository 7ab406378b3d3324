#include "harness/timing/switch_watch.h"

#include <algorithm>

#include "kernels/system/thread_switches.h"

namespace weighin {

SwitchWatch::SwitchWatch(ThreadPool& pool) : pool_(pool), counts_(pool.threads()) {}

void SwitchWatch::begin() {
  pool_.run([this](uint32_t rank) { counts_[rank].before = involuntary_switches(); });
}

bool SwitchWatch::disturbed() {
  pool_.run([this](uint32_t rank) { counts_[rank].grew = involuntary_switches() != counts_[rank].before; });
  return std::any_of(counts_.begin(), counts_.end(), [](const Count& count) { return count.grew; });
}

}  // namespace weighin
