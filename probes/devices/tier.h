// How a device compares with those of its kind that are in use: low, mid or high.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "probes/devices/spec.h"

namespace weighin {

enum class DeviceTier : uint8_t { low, mid, high };
std::string_view device_tier_name(DeviceTier tier);

/// The bounds of one group of kinds. The tier of a device is the lower of what its memory and its bandwidth
/// reach.
struct TierRule {
  const char* group;
  double mid_memory_gib, high_memory_gib;
  double mid_bandwidth_gbs, high_bandwidth_gbs;
  const char* source;  // the source of the bounds, and its date
};

/// When the rules were last compared with their sources.
inline constexpr std::string_view tier_rules_date = "2026-11-25";

std::span<const TierRule> tier_rules();
const TierRule& tier_rule_of(DeviceKind kind);

/// `memory_gib` is the memory of one device. 0: its commonest size or, if the buyer fits the memory, none:
/// then bandwidth alone decides.
DeviceTier tier_of(const DeviceSpec& device, double memory_gib = 0);

}  // namespace weighin
