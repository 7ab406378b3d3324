#include "probes/system/core_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "probes/host/text.h"
#include "probes/system/arm_cores.h"

namespace weighin {
namespace {

/// A step between two cores that are next to each other in speed from which on they are of two kinds. The
/// favoured cores of one design differ by 3% from each other and 24% in all (Threadripper PRO 7975WX, hwloc
/// issue 690); Zen 5c cores reach two thirds of Zen 5's frequency (Ryzen AI 9 HX 370, AMD's specifications).
constexpr double step_of_kinds = 1.25;

/// What is known of one core. Numbers that are not known are 0.
struct SeenCore {
  size_t threads = 0;
  std::string type;  // "performance", "efficiency", "low-power efficiency"; empty where nothing names it
  ArmId arm;
  double capacity = 0;  // relative to the largest core of the machine, 1024 (Linux, cpu_capacity)
  double mhz = 0;
};

double number_in(const Host& host, uint32_t thread, const char* file) {
  const auto text = host.read(fmt::format("/sys/devices/system/cpu/cpu{}/{}", thread, file));
  return text ? static_cast<double>(whole_number(*text).value_or(0)) : 0;
}

/// The thread numbers in a list such as "0-3,8".
std::optional<std::set<uint32_t>> listed(const tl::expected<std::string, std::string>& text) {
  if (!text) return std::nullopt;
  std::set<uint32_t> threads;
  std::string_view left = trimmed(*text);
  while (!left.empty()) {
    const size_t comma = std::min(left.find(','), left.size());
    const std::string_view part = left.substr(0, comma);
    left.remove_prefix(std::min(comma + 1, left.size()));
    const size_t dash = std::min(part.find('-'), part.size());
    const auto first = whole_number(part.substr(0, dash));
    const auto last = dash < part.size() ? whole_number(part.substr(dash + 1)) : first;
    constexpr uint64_t most_threads = 1 << 16;
    if (!first || !last || *last < *first || *last > most_threads) return std::nullopt;
    for (uint64_t thread = *first; thread <= *last; ++thread) threads.insert(static_cast<uint32_t>(thread));
  }
  return threads;
}

/// Linux names the kinds of Intel's hybrid cores by their performance counters: /sys/devices/cpu_core,
/// cpu_atom, and cpu_lowpower (Arrow Lake-H). Efficiency cores without the L3 cache that others of them have
/// are the low-power ones of the processor's other die (Meteor Lake).
void name_intel_types(const Host& host, const std::vector<CoreThreads>& cores, std::vector<SeenCore>& seen) {
  const auto performance = listed(host.read("/sys/devices/cpu_core/cpus"));
  const auto efficiency = listed(host.read("/sys/devices/cpu_atom/cpus"));
  const auto low_power = listed(host.read("/sys/devices/cpu_lowpower/cpus"));
  bool efficiency_has_l3 = false;
  for (size_t i = 0; i < cores.size(); ++i) {
    const uint32_t thread = cores[i].threads.front();
    if (low_power && low_power->contains(thread))
      seen[i].type = "low-power efficiency";
    else if (efficiency && efficiency->contains(thread))
      seen[i].type = "efficiency";
    else if (efficiency && performance && performance->contains(thread))
      seen[i].type = "performance";
    else if (cores[i].type == "IntelAtom")
      seen[i].type = "efficiency";
    else if (cores[i].type == "IntelCore")
      seen[i].type = "performance";
    efficiency_has_l3 = efficiency_has_l3 || (seen[i].type == "efficiency" && cores[i].has_l3);
  }
  for (size_t i = 0; i < cores.size(); ++i)
    if (efficiency_has_l3 && seen[i].type == "efficiency" && !cores[i].has_l3)
      seen[i].type = "low-power efficiency";
}

std::vector<SeenCore> look_at(const Host& host, const std::vector<CoreThreads>& cores) {
  const std::map<uint32_t, ArmId> ids = arm_ids(host);
  std::vector<SeenCore> seen;
  for (const CoreThreads& core : cores) {
    const uint32_t thread = core.threads.front();
    SeenCore one{.threads = core.threads.size(), .type = "", .arm = {}};
    if (const auto id = ids.find(thread); id != ids.end()) one.arm = id->second;
    one.capacity = number_in(host, thread, "cpu_capacity");
    one.mhz = number_in(host, thread, "cpufreq/cpuinfo_max_freq") / 1000;  // the file holds kHz
    seen.push_back(std::move(one));
  }
  name_intel_types(host, cores, seen);
  return seen;
}

using Group = std::vector<const SeenCore*>;

double most(const Group& group, double SeenCore::*value) {
  double largest = 0;
  for (const SeenCore* core : group) largest = std::max(largest, core->*value);
  return largest;
}

/// Parts `group` where the speed of its cores makes a step.
std::vector<Group> parted_by_speed(Group group, double SeenCore::*speed) {
  std::stable_sort(group.begin(), group.end(),
                   [&](const SeenCore* a, const SeenCore* b) { return a->*speed > b->*speed; });
  std::vector<Group> parts;
  for (const SeenCore* core : group) {
    const bool step =
        parts.empty() || (core->*speed > 0 && parts.back().back()->*speed >= step_of_kinds * (core->*speed));
    if (step) parts.emplace_back();
    parts.back().push_back(core);
  }
  return parts;
}

bool known_of_all(const std::vector<SeenCore>& seen, double SeenCore::*value) {
  return std::all_of(seen.begin(), seen.end(), [&](const SeenCore& core) { return core.*value > 0; });
}

int size_rank(const SeenCore& core) {
  const ArmCore* known = find_arm_core(core.arm.implementer, core.arm.part);
  return known == nullptr ? -1 : static_cast<int>(known->size);
}

/// The groups by microarchitecture and speed, the most powerful first. Capacities of all cores of a machine
/// are of one scale, frequencies only within one microarchitecture.
std::vector<Group> groups_by_power(const std::vector<SeenCore>& seen) {
  std::vector<Group> by_design;
  for (const SeenCore& core : seen) {
    const auto same = std::find_if(by_design.begin(), by_design.end(),
                                   [&](const Group& group) { return group.front()->arm == core.arm; });
    (same == by_design.end() ? by_design.emplace_back() : *same).push_back(&core);
  }
  const bool capacities = known_of_all(seen, &SeenCore::capacity);
  const auto speed = capacities ? &SeenCore::capacity : &SeenCore::mhz;
  std::vector<Group> groups;
  for (Group& design : by_design)
    for (Group& part : parted_by_speed(std::move(design), speed)) groups.push_back(std::move(part));
  std::stable_sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
    const int rank_a = size_rank(*a.front()), rank_b = size_rank(*b.front());
    if (!capacities && rank_a != rank_b) return rank_a > rank_b;
    return most(a, speed) > most(b, speed);
  });
  return groups;
}

CoreKind row_of(const std::string& kind, const Group& group) {
  CoreKind row{.kind = kind, .cores = static_cast<uint32_t>(group.size()), .threads = 0, .max_mhz = {}};
  for (const SeenCore* core : group) row.threads += static_cast<uint32_t>(core->threads);
  const double mhz = most(group, &SeenCore::mhz);
  row.max_mhz = mhz > 0 ? known(mhz, "cpufreq/cpuinfo_max_freq of its cores")
                        : absent<double>("no cpufreq of its cores", "/sys/devices/system/cpu");
  return row;
}

std::vector<CoreKind> rows_by_type(const std::vector<SeenCore>& seen) {
  std::vector<CoreKind> rows;
  for (const char* type : {"performance", "efficiency", "low-power efficiency"}) {
    Group group;
    for (const SeenCore& core : seen)
      if (core.type == type) group.push_back(&core);
    if (!group.empty()) rows.push_back(row_of(type, group));
  }
  return rows;
}

std::vector<CoreKind> rows_by_power(const std::vector<SeenCore>& seen) {
  const std::vector<Group> groups = groups_by_power(seen);
  Group between;
  for (size_t i = 1; i + 1 < groups.size(); ++i)
    between.insert(between.end(), groups[i].begin(), groups[i].end());
  std::vector<CoreKind> rows{row_of("performance", groups.front())};
  if (!between.empty()) rows.push_back(row_of("middle", between));
  if (groups.size() > 1) rows.push_back(row_of("efficiency", groups.back()));
  return rows;
}

}  // namespace

std::vector<CoreKind> core_kinds(const Host& host, const std::vector<CoreThreads>& cores) {
  if (cores.empty()) return {};
  const std::vector<SeenCore> seen = look_at(host, cores);
  const bool typed =
      std::all_of(seen.begin(), seen.end(), [](const SeenCore& core) { return !core.type.empty(); });
  std::vector<CoreKind> rows = typed ? rows_by_type(seen) : rows_by_power(seen);
  if (rows.size() == 1) rows.front().kind = "core";
  return rows;
}

}  // namespace weighin
