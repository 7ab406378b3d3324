#include "harness/run/watch.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "probes/host/text.h"

namespace weighin {
namespace {

/// Shares of the cores below which a median of alternated samples is not affected: judgement.
constexpr double most_other = 0.05, most_stolen = 0.02;

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// Reads the first line of /proc/stat: cpu user nice system idle iowait irq softirq steal ..., in clock
/// ticks.
void read_stat(const Host& host, LoadCounters& load) {
  const auto stat = host.read("/proc/stat");
  if (!stat) return;
  const auto lines = lines_of(*stat);
  const auto words = lines.empty() ? std::vector<std::string_view>{} : words_of(lines.front());
  if (words.size() < 9 || words[0] != "cpu") return;
  const double tick_s = 1.0 / static_cast<double>(std::max(1L, sysconf(_SC_CLK_TCK)));
  const auto ticks = [&](size_t index) { return number(words[index]) * tick_s; };
  load.busy_s = ticks(1) + ticks(2) + ticks(3) + ticks(6) + ticks(7);
  load.steal_s = ticks(8);
}

/// Reads Intel's counters of each core and package. Kernels have none for processors of other makers.
void read_throttling(const Host& host, LoadCounters& load) {
  const std::filesystem::path cpus = "/sys/devices/system/cpu";
  for (const std::string& cpu : host.list(cpus)) {
    for (const char* counter : {"core_throttle_count", "package_throttle_count"}) {
      const auto text = host.read(cpus / cpu / "thermal_throttle" / counter);
      if (text) load.throttled = std::max(0.0, load.throttled) + number(*text);
    }
  }
}

}  // namespace

LoadCounters read_load(const Host& host) {
  LoadCounters load;
  load.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  read_stat(host, load);
  read_throttling(host, load);
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage own{};
    if (getrusage(who, &own) == 0) load.own_s += seconds(own.ru_utime) + seconds(own.ru_stime);
  }
  return load;
}

double other_share(const LoadCounters& before, const LoadCounters& after, unsigned cores) {
  if (before.busy_s < 0 || after.busy_s < 0) return 0;
  const double core_s = std::max(1u, cores) * std::max(1e-9, after.wall_s - before.wall_s);
  const double busy_s = after.busy_s - before.busy_s + std::max(0.0, after.steal_s - before.steal_s);
  return std::max(0.0, busy_s - (after.own_s - before.own_s)) / core_s;
}

std::vector<std::string> load_warnings(const LoadCounters& before, const LoadCounters& after,
                                       unsigned cores) {
  std::vector<std::string> warnings;
  const double core_s = std::max(1u, cores) * std::max(1e-9, after.wall_s - before.wall_s);
  const double other_s = after.busy_s - before.busy_s - (after.own_s - before.own_s);
  if (before.busy_s >= 0 && after.busy_s >= 0 && other_s > most_other * core_s)
    warnings.push_back(fmt::format("other programs used {:.0f}% of the cores while this was measured",
                                   100 * other_s / core_s));
  const double stolen_s = after.steal_s - before.steal_s;
  if (before.steal_s >= 0 && stolen_s > most_stolen * core_s)
    warnings.push_back(fmt::format("the hypervisor gave {:.0f}% of the cores' time to other machines",
                                   100 * stolen_s / core_s));
  if (before.throttled >= 0 && after.throttled > before.throttled)
    warnings.push_back(fmt::format("the processor slowed down for heat {:.0f} times while this was measured",
                                   after.throttled - before.throttled));
  return warnings;
}

}  // namespace weighin
