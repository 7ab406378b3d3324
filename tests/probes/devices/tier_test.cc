// Tiers and memory budgets of catalogue devices.
#include "probes/devices/tier.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "probes/devices/budgets.h"
#include "probes/devices/catalogue.h"
#include "probes/devices/name.h"

namespace weighin {
namespace {

NamedDevice named(const std::string& name) {
  const auto found = find_device(name);
  EXPECT_TRUE(found) << found.error();
  NamedDevice none;
  none.device = &all_devices().front();
  return found.value_or(none);
}

double budget(const std::string& name, RunsAs runs_as) {
  const NamedDevice one = named(name);
  return memory_budget(*one.device, one.part, one.memory_gib, runs_as).gib;
}

TEST(DeviceTier, IsWhatTheRuleSays) {
  for (const auto& [name, tier] : std::map<std::string, std::string>{{"Redmi 13C", "low"},
                                                                     {"pixel 8", "mid"},
                                                                     {"Galaxy S24 Ultra", "high"},
                                                                     {"GTX 1650", "low"},
                                                                     {"RTX 3060 12GB", "mid"},
                                                                     {"RTX 4070 Laptop", "mid"},
                                                                     {"RTX 4090", "high"},
                                                                     {"M1 8GB", "low"},
                                                                     {"M4 16GB", "mid"},
                                                                     {"M2 Ultra", "high"},
                                                                     {"Raspberry Pi 4", "low"},
                                                                     {"Orange Pi 5 8GB", "mid"},
                                                                     {"Jetson AGX Orin 64GB", "high"},
                                                                     {"H100 SXM", "high"},
                                                                     {"T4", "low"},
                                                                     {"Core i7-8700K", "low"},
                                                                     {"Ryzen 7 7700X", "mid"}}) {
    const NamedDevice one = named(name);
    EXPECT_EQ(device_tier_name(tier_of(*one.device, one.memory_gib)), tier) << name;
  }
}

TEST(DeviceTier, MoreMemoryNeverLowersIt) {
  for (const DeviceSpec& device : all_devices())
    EXPECT_LE(tier_of(device, 1), tier_of(device, 1024)) << device.name;
}

TEST(DeviceTier, EveryRuleIsInUseAndHasASource) {
  std::set<std::string> used;
  for (const DeviceSpec& device : all_devices()) used.insert(tier_rule_of(device.kind).group);
  EXPECT_EQ(used.size(), tier_rules().size());
  for (const TierRule& rule : tier_rules()) {
    EXPECT_LT(rule.mid_memory_gib, rule.high_memory_gib);
    EXPECT_LT(rule.mid_bandwidth_gbs, rule.high_bandwidth_gbs);
    EXPECT_GT(std::string_view(rule.source).size(), 20u);
  }
}

TEST(Budgets, AreThePublishedRules) {
  EXPECT_NEAR(budget("pixel 8", RunsAs::app), 0.65 * 8, 1e-9);
  EXPECT_NEAR(budget("iPhone SE 2020", RunsAs::app), 3 - 1.2e9 / 1073741824.0, 1e-9);
  EXPECT_NEAR(budget("M1 16GB", RunsAs::native), 16 * 2.0 / 3, 1e-9);
  EXPECT_NEAR(budget("M1 Max 64GB", RunsAs::native), 48, 1e-9);
  EXPECT_NEAR(budget("RTX 4090", RunsAs::native), 23, 1e-9);
  EXPECT_NEAR(budget("Jetson AGX Orin 32GB", RunsAs::native), 32 - 1 - 0.8 - 0.8 - 0.96, 1e-6);
  EXPECT_NEAR(budget("RTX 4090", RunsAs::browser_tab), 4, 1e-9);
  EXPECT_NEAR(budget("iPhone 15 Pro", RunsAs::browser_tab), 1.5, 1e-9);
  EXPECT_EQ(budget("Snapdragon 8 Gen 3", RunsAs::app), 0);
}

TEST(Budgets, NeverPassTheMemoryNorEachOther) {
  for (const DeviceSpec& device : all_devices()) {
    for (const double total : {0.5, 2.0, 8.0, 36.0, 512.0}) {
      for (const DevicePart part : {DevicePart::cpu, DevicePart::gpu}) {
        double above = total;
        for (const RunsAs runs_as : all_runs_as) {
          const MemoryBudget one = memory_budget(device, part, total, runs_as);
          EXPECT_LE(one.gib, above) << device.name << " " << runs_as_name(runs_as);
          EXPECT_GE(one.gib, 0);
          EXPECT_FALSE(one.rule.empty() || one.source.empty());
          above = one.gib;
        }
        EXPECT_LT(above, total) << device.name;
      }
    }
  }
}

}  // namespace
}  // namespace weighin
