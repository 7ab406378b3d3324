// The question turned round, from outside: which devices run a model, which model is the largest a device
// runs, which share of users it reaches.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/folder.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

using nlohmann::json;

TEST(DevicesSmallest, NamesTheSmallestOfEachKindAndThoseOfOneKind) {
  const json every = answer("devices smallest gemma-2b --min-tps 10 --json");
  ASSERT_GE(every["devices"].size(), 8u);
  for (const json& device : every["devices"]) {
    EXPECT_GE(device["decode_tps"]["mid"], 10) << device;
    EXPECT_GT(device["memory_gib"], device["needed_gib"]) << device;
  }
  const json phones = answer("devices smallest gemma-2b --min-tps 10 --kind phone --most 5 --json");
  ASSERT_EQ(phones["devices"].size(), 5u);
  const auto first = std::find_if(every["devices"].begin(), every["devices"].end(),
                                  [](const json& device) { return device["kind"] == "phone"; });
  ASSERT_NE(first, every["devices"].end());
  EXPECT_EQ(phones["devices"][0]["device"], (*first)["device"]);
}

TEST(DevicesSmallest, SaysNoWhereNoneDoes) {
  const json none = answer("devices smallest llama-3.1-405b --kind phone --json", 1);
  EXPECT_TRUE(none["devices"].empty());
  EXPECT_EQ(shell("'" WEIGHIN_BINARY "' devices smallest no-such-model 2>&1").exit_code, 2);
}

TEST(FitLargest, IsTheLargestThatRunsInItsBestFormat) {
  const json all = answer("fit --device 'rtx 3060 (12GB)' --context 8192 --json");
  const json largest = answer("fit --device 'rtx 3060 (12GB)' --context 8192 --largest --json");
  ASSERT_EQ(largest["verdicts"].size(), 1u);
  const json& best = largest["verdicts"][0];
  EXPECT_TRUE(best["fits"]);
  EXPECT_EQ(best["context"], 8192);
  for (const json& verdict : all["verdicts"]) {
    if (verdict["params"] <= best["params"] || verdict["context"] < 8192) continue;
    const std::string said = verdict["verdict"];
    EXPECT_TRUE(said != "runs" && said != "runs well") << verdict["model"];
  }
  const json none = answer("fit --device 'rtx 3060' --min-tps 1000000 --largest --json", 1);
  EXPECT_TRUE(none["verdicts"].empty());
}

TEST(CoverageCommand, CountsAFleetAndSaysHowLongTheDownloadTakes) {
  const Folder folder;
  const std::string fleet =
      folder.write("fleet.csv", "name,device,count\na,RTX 4090,3\nb,Raspberry Pi 3,1\nc,who knows,4\n");
  const json coverage =
      answer("coverage llama-3.1-8b --format Q4_0 --population '" + fleet + "' --link 50Mbit/s --json");
  EXPECT_DOUBLE_EQ(coverage["known"], 0.5);
  EXPECT_DOUBLE_EQ(coverage["all"]["runs"]["mid"], 0.75);
  EXPECT_DOUBLE_EQ(coverage["all"]["does_not_fit"], 0.25);
  const double bytes = coverage["download_bytes"]["most"];
  EXPECT_NEAR(bytes, 4.66e9, 0.05e9);
  EXPECT_DOUBLE_EQ(coverage["download_s"]["most"], 8 * bytes / 50e6);
  const ShellOutcome missing = shell("'" WEIGHIN_BINARY "' coverage gemma-2b --population /none.csv 2>&1");
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_NE(missing.output.find("/none.csv"), std::string::npos) << missing.output;
}

}  // namespace
}  // namespace weighin
