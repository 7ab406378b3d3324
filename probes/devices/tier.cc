#include "probes/devices/tier.h"

#include <algorithm>
#include <array>

namespace weighin {
namespace {

constexpr std::array<TierRule, 6> rules{{
    {"phones and tablets", 6, 12, 25, 50,
     "mid memory: Android 12's performance class needs 6 GB (its Compatibility Definition; below 4 GB "
     "Android 15 "
     "must be the Go edition), high: what this catalogue's flagships of 2024 to 2026 start with; bandwidth: "
     "LPDDR5 "
     "at 32 bit and at 64 bit"},
    {"graphics cards", 8, 16, 200, 500,
     "Steam's hardware survey: 8 GB is the commonest (29.6% in January 2026), 16 GB and more the upper tenth "
     "(7.5% "
     "had 16 GB in August 2025); bandwidth: that of the commonest 8 GB cards and of the 16 GB ones"},
    {"computers", 16, 32, 50, 100,
     "Steam's hardware survey: 16 GB is the commonest memory (40.2% in January 2026), 32 GB the next above; "
     "bandwidth: two channels of DDR4-3200, and of DDR5-6400"},
    {"unified memory", 16, 32, 100, 250,
     "16 GB is the least a Mac has been sold with since October 2024; bandwidth: an M2's, and that of "
     "256-bit "
     "LPDDR5X (M4 Pro, Strix Halo, GB10)"},
    {"boards", 8, 16, 30, 100,
     "bandwidth: LPDDR4X-4266 at 64 bit (RK3588), and LPDDR5-6400 at 128 bit (Jetson Orin NX); memory: the "
     "sizes "
     "such boards are sold with"},
    {"data centres", 40, 80, 200, 2000,
     "memory: A100's two sizes; bandwidth: eight channels of DDR4-3200, and A100 80GB's"},
}};

const TierRule& phones = rules[0];
const TierRule& cards = rules[1];
const TierRule& computers = rules[2];
const TierRule& unified = rules[3];
const TierRule& boards = rules[4];
const TierRule& data_centres = rules[5];

DeviceTier reached(double value, double mid, double high) {
  return value >= high ? DeviceTier::high : value >= mid ? DeviceTier::mid : DeviceTier::low;
}

}  // namespace

std::string_view device_tier_name(DeviceTier tier) {
  switch (tier) {
    case DeviceTier::low:
      return "low";
    case DeviceTier::mid:
      return "mid";
    case DeviceTier::high:
      return "high";
  }
  return "";
}

std::span<const TierRule> tier_rules() {
  return rules;
}

const TierRule& tier_rule_of(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::phone:
    case DeviceKind::tablet:
    case DeviceKind::soc:
      return phones;
    case DeviceKind::laptop_gpu:
    case DeviceKind::desktop_gpu:
    case DeviceKind::workstation_gpu:
      return cards;
    case DeviceKind::integrated_gpu:
    case DeviceKind::laptop:
    case DeviceKind::chromebook:
    case DeviceKind::mini_pc:
    case DeviceKind::cpu:
      return computers;
    case DeviceKind::unified:
      return unified;
    case DeviceKind::board:
      return boards;
    case DeviceKind::datacenter_gpu:
    case DeviceKind::server:
    case DeviceKind::tpu:
    case DeviceKind::accelerator:
      break;
  }
  return data_centres;
}

DeviceTier tier_of(const DeviceSpec& device, double memory_gib) {
  const TierRule& rule = tier_rule_of(device.kind);
  const DeviceTier by_bandwidth =
      reached(device.bandwidth_gbs.value, rule.mid_bandwidth_gbs, rule.high_bandwidth_gbs);
  if (memory_gib <= 0 && !device.memory_gib.empty()) memory_gib = device.memory_gib.front();
  if (memory_gib <= 0) return by_bandwidth;
  return std::min(by_bandwidth, reached(memory_gib, rule.mid_memory_gib, rule.high_memory_gib));
}

}  // namespace weighin
