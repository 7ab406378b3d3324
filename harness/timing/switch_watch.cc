#include "harness/timing/switch_watch.h"

#include <algorithm>
#include <chrono>

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

double seconds_of_run(Prepared& prepared, unsigned runs) {
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < runs; ++i) prepared.run();
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  return prepared.own_seconds() >= 0 ? prepared.own_seconds() : passed.count() / runs;
}

double undisturbed_seconds(Prepared& prepared, unsigned runs, SwitchWatch& watch, double& again_s) {
  for (;;) {
    watch.begin();
    const double seconds = seconds_of_run(prepared, runs);
    if (!watch.disturbed() || again_s <= 0) return seconds;
    again_s -= seconds * runs;
  }
}

}  // namespace weighin
