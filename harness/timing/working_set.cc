#include "harness/timing/working_set.h"

#include <algorithm>
#include <optional>

#include "harness/timing/statistics.h"
#include "harness/timing/switch_watch.h"
#include "kernels/system/page_memory.h"

namespace weighin {
namespace {

/// Bytes of one timed read, for each thread. It takes some 50 to 200 us: long beside a fork and a join, and
/// so short that most reads are not disturbed beside a busy program.
constexpr uint64_t read_bytes = uint64_t{1} << 20;
/// A second pass at this share of the first one's time, or more, is as slow: a judgement, half of what a
/// median moves within minutes on a shared machine (docs/method/measuring.md).
constexpr double as_slow = 0.9;
/// So many undisturbed reads make a rate, if so many rounds suffice for them.
constexpr size_t least_reads = 48;
constexpr int most_rounds = 6;

/// Seconds of the undisturbed reads of one pass over `bytes`.
void add_pass(Prepared& read, uint64_t bytes, uint64_t bytes_a_run, SwitchWatch& watch,
              std::vector<double>& seconds) {
  for (uint64_t at = 0; at + bytes_a_run <= bytes; at += bytes_a_run) {
    watch.begin();
    const double once_s = seconds_of_run(read, 1);
    if (!watch.disturbed()) seconds.push_back(once_s);
  }
}

/// Reads a buffer of `bytes` that was just written, twice, and again with a new one until enough reads were
/// not disturbed. Nothing where the system refuses the memory.
std::optional<WorkingSetTrial> try_size(uint64_t bytes, const Kernel& reader, const Problem& problem,
                                        Workbench& bench) {
  std::vector<double> cold, again;
  SwitchWatch watch(bench.pool);
  for (int round = 0; round < most_rounds && std::min(cold.size(), again.size()) < least_reads; ++round) {
    bench.weights.set_working_set(bytes);
    if (!bench.weights.weights(FormatId::none, bench.pool)) return std::nullopt;
    const auto read = reader.prepare(problem, bench);
    if (!read) return std::nullopt;
    add_pass(**read, bytes, problem.m, watch, cold);
    add_pass(**read, bytes, problem.m, watch, again);
  }
  const auto rate = [&](const std::vector<double>& seconds) {
    return seconds.empty() ? 0 : static_cast<double>(problem.m) / median(seconds);
  };
  return WorkingSetTrial{bytes, rate(cold), rate(again)};
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
    const auto trial = try_size(bytes, *readers.front(), problem, bench);
    if (!trial) break;
    trials.push_back(*trial);
    if (bytes == most || trial->again_bytes_per_s * as_slow <= trial->cold_bytes_per_s) break;
  }
  return trials;
}

}  // namespace weighin
