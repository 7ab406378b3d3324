// The device catalogue: every file parses, every number says how it was checked, and no name stands for two
// devices.
#include "probes/devices/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace weighin {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(DeviceCatalogue, EveryFileParsesAndEveryChipIsThere) {
  std::vector<DeviceSpec> devices;
  for (const auto& entry :
       std::filesystem::directory_iterator(WEIGHIN_SOURCE_DIR "/probes/devices/catalog")) {
    auto parsed = parse_devices(entry.path().filename().string(), text_of(entry.path()));
    ASSERT_TRUE(parsed) << parsed.error();
    std::move(parsed->begin(), parsed->end(), std::back_inserter(devices));
  }
  const auto joined = join_chips(devices);
  ASSERT_TRUE(joined) << joined.error();
  EXPECT_EQ(all_devices().size(), devices.size());
  EXPECT_GE(devices.size(), 2500u);
  const auto handhelds = std::count_if(devices.begin(), devices.end(), [](const DeviceSpec& device) {
    return (device.kind == DeviceKind::phone || device.kind == DeviceKind::tablet) && !device.chip.empty();
  });
  EXPECT_GE(handhelds, 1000);
}

TEST(DeviceCatalogue, EveryNumberSaysHowItIsKnown) {
  for (const DeviceSpec& device : all_devices()) {
    const auto check = [&](const SpecNumber& number, double least, double most) {
      if (!number.known()) return;
      EXPECT_FALSE(number.source.empty()) << device.name;
      EXPECT_GE(number.value, least) << device.name;
      EXPECT_LE(number.value, most) << device.name;
    };
    EXPECT_TRUE(device.bandwidth_gbs.known()) << device.name;
    EXPECT_FALSE(device.vendor.empty()) << device.name;
    check(device.bandwidth_gbs, 1, 30000);
    check(device.memory_checked, 0.25, 8192);
    for (const PartSpec* part : {&device.cpu, &device.gpu, &device.npu}) {
      check(part->fp16_tflops, 0.001, 10000);
      check(part->fp32_tflops, 0.001, 1000);
      check(part->int8_tops, 0.001, 20000);
      check(part->bandwidth_gbs, 1, device.bandwidth_gbs.value);
      if (part->matrix_units) {
        EXPECT_GT(part->fp16_tflops.value, part->fp32_tflops.value) << device.name;
      }
    }
    EXPECT_TRUE(part_of(device, device.usual_part).there()) << device.name;
  }
}

TEST(DeviceCatalogue, NoNameTwice) {
  std::set<std::string> names;
  for (const DeviceSpec& device : all_devices()) EXPECT_TRUE(names.insert(device.name).second) << device.name;
}

TEST(DeviceCatalogue, ChipsGiveTheirProductsWhatTheyCompute) {
  std::map<std::string, const DeviceSpec*> by_name;
  for (const DeviceSpec& device : all_devices()) by_name[device.name] = &device;
  const DeviceSpec& phone = *by_name.at("Google Pixel 8");
  const DeviceSpec& chip = *by_name.at("Google Tensor G3");
  EXPECT_EQ(phone.kind, DeviceKind::phone);
  EXPECT_EQ(phone.bandwidth_gbs.value, chip.bandwidth_gbs.value);
  EXPECT_EQ(phone.cpu.cores, chip.cpu.cores);
  EXPECT_EQ(phone.memory_gib, std::vector<double>{8});
}

/// A file that holds one device with these fields.
std::string file_of(const std::string& fields) {
  return R"({"kind": "cpu", "vendor": "V", "sources": {"s": "a source"}, "devices": [{"name": "X", )" +
         fields + "}]}";
}

TEST(DeviceCatalogue, RefusalsNameTheFileTheDeviceAndTheField) {
  const std::string good = R"("year": 2020, "bandwidth_gbs": [10, "read", "s"], "cpu": {"cores": 4})";
  ASSERT_TRUE(parse_devices("f.json", file_of(good)));
  for (const auto& [fields, word] : std::map<std::string, std::string>{
           {R"("year": 1820, "bandwidth_gbs": [10, "read", "s"])", "year"},
           {R"("year": 2020, "bandwidth_gbs": [0, "read", "s"])", "bandwidth_gbs"},
           {R"("year": 2020, "bandwidth_gbs": [10, "guessed", "s"])", "bandwidth_gbs"},
           {R"("year": 2020, "bandwidth_gbs": [10, "read", "nowhere"])", "bandwidth_gbs"},
           {R"("year": 2020, "memory_gib": "8")", "memory_gib"},
           {R"("year": 2020, "chip": 7)", "chip"},
           {R"("year": 2020, "chip": "C", "count": 0)", "count"},
           {R"("year": 2020, "unified": "yes")", "unified"},
           {R"("year": 2020, "cpu": {"cores": -4})", "cores"},
           {R"("year": 2020, "cpu": 4)", "cpu"},
           {R"("year": 2020, "kind": "toaster")", "kind"}}) {
    const auto parsed = parse_devices("f.json", file_of(fields));
    ASSERT_FALSE(parsed) << fields;
    for (const std::string& needed : {std::string("f.json"), std::string("X"), word})
      EXPECT_NE(parsed.error().find(needed), std::string::npos) << parsed.error();
  }
  EXPECT_FALSE(parse_devices("f.json", "[]"));
  EXPECT_FALSE(parse_devices("f.json", "{"));
  EXPECT_FALSE(parse_devices("f.json", R"({"devices": [1]})"));
  auto lone = *parse_devices("f.json", file_of(R"("year": 2020, "chip": "no such chip")"));
  EXPECT_FALSE(join_chips(lone));
}

}  // namespace
}  // namespace weighin
