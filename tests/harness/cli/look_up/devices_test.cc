// weighin devices, from outside.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "probes/devices/catalogue.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

TEST(DevicesCommand, ListsEveryDeviceAndThoseOfAKind) {
  const auto all = answer("devices --json")["devices"];
  EXPECT_EQ(all.size(), all_devices().size());
  EXPECT_GE(all.size(), 300u);
  EXPECT_EQ(answer("devices list --json")["devices"], all);
  const auto phones = answer("devices list --kind phone --tier mid --vendor google --json")["devices"];
  ASSERT_GE(phones.size(), 3u);
  for (const auto& phone : phones) {
    EXPECT_EQ(phone["kind"], "phone");
    EXPECT_EQ(phone["tier"], "mid");
    EXPECT_EQ(phone["vendor"], "Google");
  }
  const auto large = answer("devices list --kind desktop_gpu --min-memory 24GiB --json")["devices"];
  ASSERT_FALSE(large.empty());
  for (const auto& card : large) EXPECT_GE(card["memory_gib"].back().get<double>(), 16);
}

TEST(DevicesCommand, CsvHasARowADeviceAndAFieldAColumn) {
  const ShellOutcome outcome = shell("'" WEIGHIN_BINARY "' devices list --kind board --csv");
  ASSERT_EQ(outcome.exit_code, 0);
  std::string_view rest = outcome.output;
  size_t rows = 0;
  while (!rest.empty()) {
    const std::string_view row = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), row.size() + 1));
    EXPECT_EQ(std::count(row.begin(), row.end(), ','), 13) << row;
    ++rows;
  }
  const auto boards = std::count_if(all_devices().begin(), all_devices().end(),
                                    [](const DeviceSpec& d) { return d.kind == DeviceKind::board; });
  EXPECT_EQ(rows, static_cast<size_t>(boards) + 1);
}

TEST(DevicesCommand, ShowsWhatANameStandsFor) {
  const auto phone = answer("devices show 'OnePlus 12 (Snapdragon 8 Gen 3) CPU' --json");
  EXPECT_EQ(phone["name"], "OnePlus 12");
  EXPECT_EQ(phone["chip"], "Qualcomm Snapdragon 8 Gen 3");
  EXPECT_EQ(phone["part"], "cpu");
  EXPECT_EQ(phone["part_stated"], true);
  EXPECT_EQ(phone["bandwidth_gbs"]["checked"], "derived");
  EXPECT_FALSE(phone["bandwidth_gbs"]["source"].get<std::string>().empty());
  EXPECT_FALSE(phone["assumed"].empty());
  EXPECT_LT(phone["budgets"]["browser_tab"]["gib"], phone["budgets"]["app"]["gib"]);
  const auto laptop = answer("devices show '2x RTX 4070 Laptop (8GB)' --json");
  EXPECT_EQ(laptop["count"], 2);
  EXPECT_EQ(laptop["memory_gib"], 8.0);
  EXPECT_EQ(laptop["memory_stated"], true);
  EXPECT_NE(laptop["bandwidth_gbs"]["value"],
            answer("devices show 'RTX 4070' --json")["bandwidth_gbs"]["value"]);
  const ShellOutcome text = shell("'" WEIGHIN_BINARY "' devices show 'pixel 8'");
  EXPECT_EQ(text.exit_code, 0);
  for (const char* part : {"Google Pixel 8", "RECALLED", "tier", "browser_tab"})
    EXPECT_NE(text.output.find(part), std::string::npos) << part;
}

TEST(DevicesCommand, AnUnknownNameIsAnErrorWithTheNearest) {
  const ShellOutcome outcome = shell("'" WEIGHIN_BINARY "' devices show 'RTX 4070 Ti Laptop' 2>&1");
  EXPECT_EQ(outcome.exit_code, 2);
  for (const char* part : {"no device is known", "Laptop GPU", "--bandwidth"})
    EXPECT_NE(outcome.output.find(part), std::string::npos) << outcome.output;
}

TEST(DevicesCommand, DescribesADeviceByItsNumbers) {
  const auto device = answer("devices describe --bandwidth 120GB/s --memory 16GiB --tflops 8 --json");
  EXPECT_EQ(device["bandwidth_gbs"]["value"], 120.0);
  EXPECT_EQ(device["memory_gib"], 16.0);
  EXPECT_EQ(device["gpu"]["fp16_tflops"]["value"], 8.0);
  EXPECT_EQ(device["gpu"]["fp16_tflops"]["checked"], "read");
  EXPECT_TRUE(device["recalled"].empty());
  const ShellOutcome wrong = shell("'" WEIGHIN_BINARY "' devices describe --bandwidth 0 --memory 16 2>&1");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.output.find("1 GB/s to 100 TB/s"), std::string::npos) << wrong.output;
}

}  // namespace
}  // namespace weighin
