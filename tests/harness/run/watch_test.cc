// What else the machine did, from counters that are made here.
#include "harness/run/watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/folder.h"

namespace weighin {
namespace {

TEST(Watch, NothingToSayOfAQuietMachine) {
  const LoadCounters before{.wall_s = 0, .busy_s = 100, .steal_s = 5, .own_s = 0, .throttled = 3};
  const LoadCounters after{.wall_s = 10, .busy_s = 120.5, .steal_s = 5.1, .own_s = 20, .throttled = 3};
  EXPECT_TRUE(load_warnings(before, after, 2).empty());
}

TEST(Watch, OtherLoadStolenTimeAndHeatAreNamed) {
  const LoadCounters before{.wall_s = 0, .busy_s = 100, .steal_s = 5, .own_s = 0, .throttled = 3};
  const LoadCounters after{.wall_s = 10, .busy_s = 125, .steal_s = 7, .own_s = 20, .throttled = 10};
  const auto warnings = load_warnings(before, after, 2);
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_NE(warnings[0].find("25%"), std::string::npos) << warnings[0];
  EXPECT_NE(warnings[1].find("10%"), std::string::npos) << warnings[1];
  EXPECT_NE(warnings[2].find("7 times"), std::string::npos) << warnings[2];
}

TEST(Watch, WhatCannotBeReadIsNotJudged) {
  EXPECT_TRUE(load_warnings(LoadCounters{}, LoadCounters{.wall_s = 10}, 2).empty());
}

TEST(Watch, ReadsTheKernelsCounters) {
  const Folder root, empty;
  root.write("proc/stat", "cpu  100 200 300 400 500 600 700 800 0 0\ncpu0 1 2 3\n");
  root.write("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "4\n");
  root.write("sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "5\n");
  const LoadCounters load = read_load(recorded_host(root.path()));
  const double tick_s = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  EXPECT_DOUBLE_EQ(load.busy_s, (100 + 200 + 300 + 600 + 700) * tick_s);
  EXPECT_DOUBLE_EQ(load.steal_s, 800 * tick_s);
  EXPECT_EQ(load.throttled, 9);
  const LoadCounters none = read_load(recorded_host(empty.path()));
  EXPECT_LT(none.busy_s, 0);
  EXPECT_LT(none.throttled, 0);
}

}  // namespace
}  // namespace weighin
