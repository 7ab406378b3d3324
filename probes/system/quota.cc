#include "probes/system/quota.h"

#include <algorithm>

#include "probes/host/text.h"
#include "probes/system/cgroup.h"

namespace weighin {

namespace {

void keep_smaller(Fact<uint32_t>& threads, uint64_t quota, uint64_t period, const char* source) {
  if (period == 0 || quota == 0) return;
  const auto count = static_cast<uint32_t>(std::clamp<uint64_t>(quota / period, 1, UINT32_MAX));
  if (!threads.known() || count < *threads.value) threads = known(count, source);
}

}  // namespace

Fact<uint32_t> quota_threads(const Host& host) {
  auto threads = absent<uint32_t>("no CPU quota is set", "cgroup");
  for (const auto& group : cgroup_v2_groups(host)) {
    const auto text =
        host.read(group / "cpu.max");  // quota and period in microseconds: "150000 100000"; "max 100000"
    const auto words = text ? words_of(*text) : std::vector<std::string_view>{};
    if (words.size() != 2) continue;
    keep_smaller(threads, whole_number(words[0]).value_or(0), whole_number(words[1]).value_or(0),
                 "cgroup cpu.max");
  }
  for (const auto& group : cgroup_v1_groups(host, "cpu")) {
    const auto quota = host.read(group / "cpu.cfs_quota_us");  // -1: no quota
    const auto period = host.read(group / "cpu.cfs_period_us");
    if (!quota || !period) continue;
    keep_smaller(threads, whole_number(*quota).value_or(0), whole_number(*period).value_or(0),
                 "cgroup cpu.cfs_quota_us");
  }
  return threads;
}

}  // namespace weighin
