// Devices that are described by their numbers.
#include "probes/devices/described.h"

#include <gtest/gtest.h>

namespace weighin {
namespace {

DeviceDescription description(const std::string& bandwidth, const std::string& memory,
                              const std::string& tflops = "") {
  DeviceDescription described;
  described.bandwidth = bandwidth;
  described.memory = memory;
  described.tflops = tflops;
  return described;
}

TEST(DescribedDevice, TakesTheUnitsPeopleWrite) {
  for (const char* bandwidth : {"120GB/s", "120", "120 GB/s", "0.12TB/s", "120000 MB/s", "120gbps"}) {
    const auto device = describe_device(description(bandwidth, "16GiB", "8"));
    ASSERT_TRUE(device) << device.error();
    EXPECT_NEAR(device->bandwidth_gbs.value, 120, 1e-9) << bandwidth;
  }
  EXPECT_NEAR(describe_device(description("120", "16GB"))->memory_gib.at(0), 16e9 / 1073741824.0, 1e-9);
  EXPECT_NEAR(describe_device(description("120", "512 MiB"))->memory_gib.at(0), 0.5, 1e-9);
  EXPECT_NEAR(describe_device(description("120", "16", "900 GFLOPS"))->gpu.fp16_tflops.value, 0.9, 1e-9);
}

TEST(DescribedDevice, HasOnePartAndNothingRecalled) {
  DeviceDescription described = description("120GB/s", "16GiB", "8");
  described.part = "cpu";
  described.tops = "30";
  described.name = "my board";
  const auto device = describe_device(described);
  ASSERT_TRUE(device) << device.error();
  EXPECT_EQ(device->name, "my board");
  EXPECT_EQ(device->kind, DeviceKind::cpu);
  EXPECT_TRUE(device->unified);
  EXPECT_EQ(device->usual_part, DevicePart::cpu);
  EXPECT_EQ(device->cpu.int8_tops.value, 30);
  EXPECT_FALSE(device->gpu.there());
  EXPECT_TRUE(recalled_numbers(*device, DevicePart::cpu).empty());
  EXPECT_FALSE(describe_device(description("120", "16"))->gpu.fp16_tflops.known());
  EXPECT_FALSE(describe_device(description("120", "16"))->unified);
}

TEST(DescribedDevice, RefusesWhatCannotBeAndSaysTheRange) {
  for (const char* bandwidth :
       {"fast", "-1", "0", "0.5", "1e9", "nan", "inf", "120 furlongs", "1.2.3", "200TB/s"}) {
    const auto device = describe_device(description(bandwidth, "16GiB"));
    ASSERT_FALSE(device) << bandwidth;
    EXPECT_NE(device.error().find("1 GB/s to 100 TB/s"), std::string::npos) << device.error();
  }
  EXPECT_FALSE(describe_device(description("120", "1MB")));
  EXPECT_FALSE(describe_device(description("120", "100TiB")));
  EXPECT_FALSE(describe_device(description("120", "16", "0")));
  const auto missing = describe_device(description("120", ""));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("--memory is missing"), std::string::npos) << missing.error();
  DeviceDescription part = description("120", "16");
  part.part = "fpga";
  EXPECT_FALSE(describe_device(part));
  DeviceDescription kind = description("120", "16");
  kind.kind = "toaster";
  ASSERT_FALSE(describe_device(kind));
  EXPECT_NE(describe_device(kind).error().find("board"), std::string::npos);
}

}  // namespace
}  // namespace weighin
