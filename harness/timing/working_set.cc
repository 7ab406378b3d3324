#include "harness/timing/working_set.h"

#include <algorithm>
#include <chrono>

#include "harness/timing/statistics.h"
#include "kernels/system/page_memory.h"

namespace weighin {
namespace {

/// Bytes of one timed read, for each thread. It takes some 50 to 200 us: long beside a fork and a join, and
/// so short that most reads are not interrupted beside a busy program. The median over a pass is then that of
/// undisturbed reads.
constexpr uint64_t read_bytes = uint64_t{1} << 20;
/// A second pass at this share of the first one's time, or more, is as slow: a judgement, half of what a
/// median moves within minutes on a shared machine (docs/method/measuring.md).
constexpr double as_slow = 0.9;

/// The rate at which `read` reads `bytes` once, from the median of its runs.
double pass(Prepared& read, uint64_t bytes, uint64_t bytes_a_run) {
  std::vector<double> seconds;
  for (uint64_t at = 0; at + bytes_a_run <= bytes; at += bytes_a_run) {
    const auto begin = std::chrono::steady_clock::now();
    read.run();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  const double middle = median(std::move(seconds));
  return middle > 0 ? static_cast<double>(bytes_a_run) / middle : 0;
}

}  // namespace

std::vector<WorkingSetTrial> find_working_set(Workbench& bench, const KernelChoice& kernels,
                                              uint64_t least_bytes) {
  std::vector<WorkingSetTrial> trials;
  const uint64_t most = bench.weights.working_set_bytes();
  const Problem problem{.op = Op::stream_read, .m = read_bytes * bench.pool.threads()};
  const auto readers = kernels(problem);
  if (!copies_past_caches || readers.empty()) return trials;
  for (uint64_t bytes = std::min(least_bytes, most);; bytes = std::min(2 * bytes, most)) {
    bench.weights.set_working_set(bytes);
    if (!bench.weights.weights(FormatId::none, bench.pool)) break;
    const auto read = readers.front()->prepare(problem, bench);
    if (!read) break;
    WorkingSetTrial trial{.bytes = bytes};
    trial.cold_bytes_per_s = pass(**read, bytes, problem.m);
    trial.again_bytes_per_s = pass(**read, bytes, problem.m);
    trials.push_back(trial);
    if (bytes == most || trial.again_bytes_per_s * as_slow <= trial.cold_bytes_per_s) break;
  }
  return trials;
}

}  // namespace weighin
