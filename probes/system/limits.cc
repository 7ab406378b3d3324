#include "probes/system/limits.h"

#include <algorithm>
#include <filesystem>

#include "probes/host/text.h"
#include "probes/system/cgroup.h"

namespace weighin {

namespace {

// cgroup version 1 reports "no limit" as the largest 64-bit number that is a multiple of a page. A number as
// large as this limits nothing.
constexpr uint64_t unlimited_bytes = uint64_t{1} << 60;

struct GroupLimit {
  uint64_t bytes = 0;
  uint64_t available_bytes = 0;
  std::string source;
};

std::optional<uint64_t> number_in(const Host& host, const std::filesystem::path& file) {
  const auto text = host.read(file);
  return text ? whole_number(*text) : std::nullopt;
}

// The number after `key` in a group's memory.stat.
std::optional<uint64_t> stat_of(const Host& host, const std::filesystem::path& group, const char* key) {
  const auto stat = host.read(group / "memory.stat");
  const auto text = stat ? field(*stat, key, ' ') : std::nullopt;
  return text ? whole_number(*text) : std::nullopt;
}

// What one group leaves of a limit: the limit less what is in use and cannot be dropped. Nothing where there
// is no limit ("max", or no such file).
std::optional<GroupLimit> limit_of(const Host& host, const std::filesystem::path& group,
                                   std::optional<uint64_t> limit, const char* source, const char* usage_file,
                                   const char* cache_key) {
  if (!limit || *limit >= unlimited_bytes) return std::nullopt;
  const uint64_t usage = number_in(host, group / usage_file).value_or(0);
  const uint64_t held = usage - std::min(usage, stat_of(host, group, cache_key).value_or(0));
  return GroupLimit{*limit, *limit - std::min(*limit, held), std::string("cgroup ") + source};
}

void keep_tighter(std::optional<GroupLimit>& tightest, const std::optional<GroupLimit>& other) {
  if (other && (!tightest || other->available_bytes < tightest->available_bytes)) tightest = other;
}

void probe_cgroup(const Host& host, Machine& machine) {
  std::optional<GroupLimit> tightest;
  for (const auto& group : cgroup_v2_groups(host))
    for (const char* file : {"memory.max", "memory.high"})
      keep_tighter(tightest, limit_of(host, group, number_in(host, group / file), file, "memory.current",
                                      "inactive_file"));
  for (const auto& group : cgroup_v1_groups(host, "memory")) {
    keep_tighter(tightest, limit_of(host, group, number_in(host, group / "memory.limit_in_bytes"),
                                    "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
    // A container may see its own group alone. The limit that parents of it set is in this line
    // (Documentation/admin-guide/cgroup-v1/memory.rst).
    keep_tighter(tightest,
                 limit_of(host, group, stat_of(host, group, "hierarchical_memory_limit"),
                          "hierarchical_memory_limit", "memory.usage_in_bytes", "total_inactive_file"));
  }
  if (!tightest) return;
  machine.memory.limits.push_back({"cgroup", tightest->bytes, tightest->available_bytes, tightest->source});
}

// The soft limit in a line such as "Max address space  8589934592  unlimited  bytes".
std::optional<uint64_t> recorded_limit(const std::string& text, std::string_view name) {
  for (const std::string_view line : lines_of(text)) {
    if (!line.starts_with(name)) continue;
    const auto words = words_of(line.substr(name.size()));
    return words.empty() ? std::nullopt : whole_number(words[0]);
  }
  return std::nullopt;
}

void add_ulimit(const Host& host, Machine& machine, const char* kind, const char* line,
                const char* used_key) {
  const auto limits = host.read("/proc/self/limits");
  const auto limit = limits ? recorded_limit(*limits, line) : std::nullopt;
  if (!limit) return;
  const auto status = host.read("/proc/self/status");
  uint64_t used = 0;
  if (const auto text = status ? field(*status, used_key) : std::nullopt) {
    const auto words = words_of(*text);
    used = words.empty() ? 0 : whole_number(words[0]).value_or(0) * 1024;  // in kB (proc(5))
  }
  machine.memory.limits.push_back(
      {kind, *limit, *limit - std::min(*limit, used), std::string("/proc/self/limits ") + line});
}

}  // namespace

// ulimit -m (RLIMIT_RSS) is left out, because Linux has ignored it since 2.4.30 (getrlimit(2)).
void probe_limits(const Host& host, Machine& machine) {
  probe_cgroup(host, machine);
  add_ulimit(host, machine, "ulimit -v", "Max address space", "VmSize");
  add_ulimit(host, machine, "ulimit -d", "Max data size", "VmData");
}

}  // namespace weighin
