// The device that a name stands for, as people write names.
#include "probes/devices/name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "probes/devices/catalogue.h"
#include "probes/devices/index.h"

namespace weighin {
namespace {

struct Case {
  const char* name;
  const char* device;
  DevicePart part = DevicePart::gpu;
  double memory_gib = 0;  // 0: not checked
  unsigned count = 1;
};

TEST(DeviceName, AreResolved) {
  constexpr auto cpu = DevicePart::cpu;
  constexpr auto gpu = DevicePart::gpu;
  constexpr auto npu = DevicePart::npu;
  const std::vector<Case> cases{
      {"RTX 4070 Laptop (8GB)", "NVIDIA GeForce RTX 4070 Laptop GPU", gpu, 8},
      {"NVIDIA GeForce RTX 4070 Laptop GPU", "NVIDIA GeForce RTX 4070 Laptop GPU", gpu, 8},
      {"Laptop RTX 4070", "NVIDIA GeForce RTX 4070 Laptop GPU", gpu, 8},
      {"NVIDIA GeForce RTX 4070", "NVIDIA GeForce RTX 4070", gpu, 12},
      {"rtx4070ti", "NVIDIA GeForce RTX 4070 Ti", gpu, 12},
      {"RTX 4070 (Ti)", "NVIDIA GeForce RTX 4070 Ti"},
      {"4070 @ Ryzen 9 5950X (Nvidia 4070)", "NVIDIA GeForce RTX 4070"},
      {"RTX 4070 Ti SUPER", "NVIDIA GeForce RTX 4070 Ti SUPER", gpu, 16},
      {"2x RTX 3090", "NVIDIA GeForce RTX 3090", gpu, 24, 2},
      {"RTX 3090 x2", "NVIDIA GeForce RTX 3090", gpu, 24, 2},
      {"8\u00d7 H100 SXM", "NVIDIA H100 SXM", gpu, 80, 8},
      {"H100 SXM", "NVIDIA H100 SXM", gpu, 80},
      {"NVIDIA A100-SXM4-80GB", "NVIDIA A100 SXM 80GB", gpu, 80},
      {"RTX 3060 8GB", "NVIDIA GeForce RTX 3060 8GB", gpu, 8},
      {"RTX 3060 (12GB)", "NVIDIA GeForce RTX 3060", gpu, 12},
      {"RTX 2070 Max-Q", "NVIDIA GeForce RTX 2070 with Max-Q Design"},
      {"M1 Max 32-Core GPU", "Apple M1 Max 32-core GPU"},
      {"Apple M1 Max (24-core GPU)", "Apple M1 Max 24-core GPU"},
      {"M3 Max 40\u2011Core GPU", "Apple M3 Max 40-core GPU"},
      {"Apple M4 Max 12P+4E+40GPU", "Apple M4 Max 40-core GPU"},
      {"Apple M5 Max 40-core", "Apple M5 Max 40-core GPU"},
      {"Apple M3 Max (64GB)", "Apple M3 Max 40-core GPU", gpu, 64},
      {"M3 Max 36GB", "Apple M3 Max 30-core GPU", gpu, 36},
      {"M1 Max Mac Studio (10 core - 64GB)", "Apple M1 Max 32-core GPU", gpu, 64},
      {"M2-Ultra CPU", "Apple M2 Ultra 76-core GPU", cpu},
      {"OnePlus 12 (Snapdragon 8 Gen 3) CPU", "OnePlus 12", cpu, 12},
      {"pixel 8", "Google Pixel 8", cpu, 8},
      {"iPhone15Pro", "Apple iPhone 15 Pro", cpu, 8},
      {"Samsung Galaxy S24+", "Samsung Galaxy S24+ (Snapdragon)", cpu, 12},
      {"Snapdragon 8 Elite Gen 5 (Adreno 840)", "Qualcomm Snapdragon 8 Elite Gen 5", gpu},
      {"AMD Ryzen AI Max+ 395 (Strix Halo)", "AMD Ryzen AI Max+ 395", gpu, 128},
      {"AMD Ryzen AI Max+ 395 CPU (16 Zen5 cores)", "AMD Ryzen AI Max+ 395", cpu},
      {"Ryzen 7 7840U w/ Radeon 780M", "AMD Ryzen 7 7840U", gpu},
      {"Ryzen 7 7840U", "AMD Ryzen 7 7840U", cpu},
      {"AMD Radeon 780M (DDR5-5600)", "AMD Radeon 780M", gpu},
      {"Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", "Intel Core i7-8700K", cpu},
      {"13th Gen Intel(R) Core(TM) i7-13700H", "Intel Core i7-13700H", cpu},
      {"AMD Ryzen 9 7950X 16-Core Processor", "AMD Ryzen 9 7950X", cpu},
      {"2x Intel Xeon Gold 6138", "Intel Xeon Gold 6138", cpu, 0, 2},
      {"i9-13900K with RTX 4090", "NVIDIA GeForce RTX 4090", gpu},
      {"Intel Xeon E5-2683 v4 (32 cores, 4ch DDR4)", "Intel Xeon E5-2683 v4", cpu},
      {"Rockchip RK3588 NPU", "Rockchip RK3588", npu},
      {"AMD Ryzen Z1 Extreme iGPU", "AMD Ryzen Z1 Extreme", gpu},
      {"AMD Ryzen AI 7 350 iGPU (Radeon 860M)", "AMD Ryzen AI 7 350", gpu},
      {"AMD Ryzen 8000 series iGPU", "AMD Radeon 780M", gpu},
      {"Intel Arc 130V/140V", "Intel Arc 140V", gpu},
      {"NVIDIA RTX PRO 6000 Blackwell Workstation", "NVIDIA RTX PRO 6000 Blackwell Workstation Edition", gpu},
      {"Raspberry Pi 4 2GB CPU", "Raspberry Pi 4", cpu, 2},
      {"Jetson AGX Orin (IGX iGPU)", "NVIDIA Jetson AGX Orin 64GB", gpu, 64},
      {"OnePlus 15 (Snapdragon 8 Elite Gen 5 SM8850) OpenCL", "OnePlus 15", gpu, 12},
      {"Foo 12 (Snapdragon 8 Gen 3)", "Qualcomm Snapdragon 8 Gen 3", cpu},
      {"TPU v5e", "Google TPU v5e", gpu, 16},
  };
  for (const Case& one : cases) {
    const auto found = find_device(one.name);
    ASSERT_TRUE(found) << found.error();
    EXPECT_EQ(found->device->name, one.device) << one.name;
    EXPECT_EQ(device_part_name(found->part), device_part_name(one.part)) << one.name;
    EXPECT_EQ(found->count, one.count) << one.name;
    if (one.memory_gib > 0) {
      EXPECT_EQ(found->memory_gib, one.memory_gib) << one.name;
    }
  }
}

TEST(DeviceName, EveryNameAndAliasResolves) {
  for (const DeviceSpec& device : all_devices()) {
    const auto found = find_device(device.name);
    ASSERT_TRUE(found) << found.error();
    EXPECT_EQ(found->device->name, device.name);
    for (const std::string& alias : device.aliases) EXPECT_TRUE(find_device(alias)) << alias;
  }
}

TEST(DeviceName, SuffixesNeverFall) {
  for (const char* name :
       {"RTX 4070 Ti Laptop", "RTX 3090 Ti Super", "RTX 2080 Ti Max-Q", "iPhone 15 Ultra", "Apple M2 Pro Max",
        "RX 7900 XTX Pro", "RTX 4090 Foo", "Pixel 8 Foo", "Snapdragon 8 Gen 3 Elite", "RTX 5090 Mini",
        "RX 6600 XTX", "Core i5-12400KS", "Pixel 8b", "Galaxy S24 Mini", "GTX 1080 Super",
        "RTX 4070 / RTX 4070 Ti", "TITAN X (Pascal) Max-Q"}) {
    const auto found = find_device(name);
    EXPECT_FALSE(found) << name << " became " << (found ? found->device->name : "");
  }
}

TEST(DeviceName, LaptopPartsHaveNumbersOfTheirOwn) {
  size_t pairs = 0;
  for (const DeviceSpec& device : all_devices()) {
    if (device.kind != DeviceKind::desktop_gpu) continue;
    for (const char* word : {" Laptop GPU", " Mobile", " Laptop", " with Max-Q Design"}) {
      const auto found = find_device(device.name + word);
      if (!found) continue;
      EXPECT_EQ(found->device->kind, DeviceKind::laptop_gpu) << device.name << word;
      ++pairs;
    }
  }
  EXPECT_GE(pairs, 60u);
}

TEST(DeviceName, UnknownNamesSayWhatIsNear) {
  const auto found = find_device("RTX 4075");
  ASSERT_FALSE(found);
  for (const char* part :
       {"no device is known as \"RTX 4075\"", "RTX 4070", "--bandwidth", "--memory", "--tflops"})
    EXPECT_NE(found.error().find(part), std::string::npos) << found.error();
  for (const char* name : {"", " ", "cpu", "NVIDIA", "RTX", "64GB", "(((", "@", "\xff\xfe", "x", "2x",
                           "M1 Max 40-core GPU", "RTX 4090 48GB", "Apple A16/A17 Pro"})
    EXPECT_FALSE(find_device(name)) << name;
  EXPECT_FALSE(find_device(std::string(100000, 'a')));
  EXPECT_EQ(nearest_devices("RTX 6000").size(), 3u);
}

TEST(DeviceName, SaysWhatItAssumesAndWhatWasRecalled) {
  const auto open = find_device("Apple M1 Max");
  ASSERT_TRUE(open);
  EXPECT_FALSE(open->assumed.empty());
  EXPECT_FALSE(open->memory_stated);
  EXPECT_FALSE(open->part_stated);
  const auto product = find_device("Foo 12 (Snapdragon 8 Gen 3)");
  ASSERT_TRUE(product);
  ASSERT_FALSE(product->assumed.empty());
  EXPECT_NE(product->assumed[0].find("foo 12"), std::string::npos) << product->assumed[0];
  const auto exact = find_device("RTX 4090 24GB");
  ASSERT_TRUE(exact);
  EXPECT_TRUE(exact->assumed.empty());
  EXPECT_TRUE(exact->memory_stated);
  EXPECT_TRUE(exact->recalled.empty());
  const auto phone = find_device("pixel 8 GPU");
  ASSERT_TRUE(phone);
  EXPECT_TRUE(phone->part_stated);
  EXPECT_NE(std::find(phone->recalled.begin(), phone->recalled.end(), "bandwidth_gbs"),
            phone->recalled.end());
}

}  // namespace
}  // namespace weighin
