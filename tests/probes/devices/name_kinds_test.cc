// Names of each kind as vendors, drivers, boards, shops and lists of hardware write them, and what they stand
// for.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "probes/devices/name.h"

namespace weighin {
namespace {

struct Case {
  const char* name;
  const char* device;
  unsigned count = 1;
  double memory_gib = 0;  // 0: not checked
};

void expect_resolved(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    const auto found = find_device(one.name);
    if (!found) {
      ADD_FAILURE() << one.name << ": " << found.error();
      continue;
    }
    EXPECT_EQ(found->device->name, one.device) << one.name;
    EXPECT_EQ(found->count, one.count) << one.name;
    if (one.memory_gib > 0) {
      EXPECT_EQ(found->memory_gib, one.memory_gib) << one.name;
    }
  }
}

void expect_unknown(const std::vector<const char*>& names) {
  for (const char* name : names) {
    const auto found = find_device(name);
    EXPECT_FALSE(found) << name << " became " << (found ? found->device->name : "");
  }
}

TEST(DeviceNameKinds, PhonesAreKnownByNameAndByModelCode) {
  expect_resolved({
      {"Samsung Galaxy S24 Ultra", "Samsung Galaxy S24 Ultra"},
      {"Samsung Galaxy S25 Ultra (SM-S938B)", "Samsung Galaxy S25 Ultra"},
      {"SM-S928B", "Samsung Galaxy S24 Ultra"},
      {"SM-S928B/DS", "Samsung Galaxy S24 Ultra"},
      {"CPH2653", "OnePlus 13"},
      {"HUAWEI P30 Pro", "HUAWEI P30 Pro"},
      {"Xiaomi Redmi Note 13 Pro", "Redmi Note 13 Pro"},
      {"REDMI K80 Pro", "Redmi K80 Pro"},
      {"POCO F7 Ultra", "Poco F7 Ultra"},
      {"Google Pixel 10 Pro (Tensor G5)", "Google Pixel 10 Pro"},
      {"Galaxy A30", "Samsung Galaxy A30"},
  });
}

TEST(DeviceNameKinds, PhonesNeverBecomeCards) {
  // Each of these phones shares its short name with a card of NVIDIA's or a chip of Apple's.
  for (const char* name :
       {"Samsung Galaxy A10", "Galaxy A30", "Galaxy A40", "Redmi A2", "POCO M3", "Huawei P40", "Redmi K80",
        "OPPO A16", "realme P4", "POCO M4 Pro", "vivo T4", "HUAWEI P100"}) {
    const auto found = find_device(name);
    if (!found) continue;
    EXPECT_TRUE(found->device->kind == DeviceKind::phone || found->device->kind == DeviceKind::tablet)
        << name << " became " << found->device->name;
  }
  expect_unknown({"Galaxy A100", "Redmi T4", "Cubot P40", "Samsung T4", "Lenovo T4", "HP A40", "Garmin M4",
                  "Beelink EQ M4", "Geekom Mini Air M1 Pro", "Acemagic M1", "Topton M6", "Blackview MP M4",
                  "Doogee N100", "Chuwi N100", "TCL T10", "Honor Foo M2"});
}

TEST(DeviceNameKinds, VendorsMustFit) {
  expect_unknown({"AMD RTX 4090", "Intel RTX 4090", "Qualcomm RTX 3060", "Apple RTX 3090", "GeForce A10",
                  "GeForce RX 6600", "NVIDIA Radeon RX 580", "Mac mini RTX 3090", "AMD Apple M1"});
}

TEST(DeviceNameKinds, AnUnexplainedWordNeverResolves) {
  for (const char* name :
       {"RTX 4090", "Galaxy S24 Ultra", "Apple M4 Pro", "Raspberry Pi 5", "Snapdragon 8 Gen 3",
        "NVIDIA A100 80GB PCIe", "AMD EPYC 9654", "Jetson AGX Orin 64GB", "iPhone 15 Pro"}) {
    ASSERT_TRUE(find_device(name)) << name;
    for (const char* word : {"zorb", "foo", "quux", "77", "Z9", "Pro-Foo"}) {
      const std::string behind = std::string(name) + " " + word, before = std::string(word) + " " + name;
      EXPECT_FALSE(find_device(behind)) << behind;
      EXPECT_FALSE(find_device(before)) << before;
    }
  }
}

TEST(DeviceNameKinds, IdentifiersOfApplesAreExact) {
  // From brands/apple_all_en.md of KHwang9883/MobileModels. The number of an identifier is not that of a
  // product.
  expect_resolved({
      {"iPhone15,2", "Apple iPhone 14 Pro"},
      {"iPhone16,2", "Apple iPhone 15 Pro Max"},
      {"iPhone17,1", "Apple iPhone 16 Pro"},
      {"iPhone14,5", "Apple iPhone 13"},
      {"iPhone12,1", "Apple iPhone 11"},
      {"iPad16,3", "Apple iPad Pro (M4)"},
      {"iPad Pro 13-inch (M4)", "Apple iPad Pro (M4)"},
      {"iPad Pro 13 M4", "Apple iPad Pro (M4)"},
      {"Mac16,11", "Apple M4 Pro 20-core GPU"},
      {"Mac15,14", "Apple M3 Ultra 80-core GPU"},
      {"MacBookPro18,2", "Apple M1 Max 32-core GPU"},
  });
  expect_unknown({"iPhone99,1", "iPhone15,77", "Mac99,1", "iPad1,77", "iPhone15,2 Foo"});
}

TEST(DeviceNameKinds, ChipsAreKnownByTheirCodes) {
  expect_resolved({
      {"SM8650", "Qualcomm Snapdragon 8 Gen 3"},
      {"SM8650-AB", "Qualcomm Snapdragon 8 Gen 3"},
      {"SM8550-AC", "Qualcomm Snapdragon 8 Gen 2"},
      {"sm8450", "Qualcomm Snapdragon 8 Gen 1"},
      {"SM7675", "Qualcomm Snapdragon 7+ Gen 3"},
      {"MT6989", "MediaTek Dimensity 9300"},
      {"MT6991", "MediaTek Dimensity 9400"},
      {"Dimensity 8300 Ultra", "MediaTek Dimensity 8300"},
      {"Snapdragon 8 Elite for Galaxy", "Qualcomm Snapdragon 8 Elite"},
      {"Exynos 2600", "Samsung Exynos 2600"},
      {"Kirin 9020", "HiSilicon Kirin 9020"},
  });
}

TEST(DeviceNameKinds, BoardsPrintTheirRevision) {
  expect_resolved({
      {"Raspberry Pi 5 Model B Rev 1.0", "Raspberry Pi 5"},
      {"Raspberry Pi 4 Model B Rev 1.5", "Raspberry Pi 4"},
      {"Raspberry Pi Compute Module 5 Rev 1.0", "Raspberry Pi Compute Module 5"},
      {"Radxa ROCK 5B Plus", "Radxa ROCK 5B+"},
      {"Xunlong Orange Pi 5 Plus", "Orange Pi 5 Plus"},
      {"Milk-V Jupiter", "Milk-V Jupiter"},
      {"SiFive HiFive Premier P550", "SiFive HiFive Premier P550"},
      {"NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super", "NVIDIA Jetson Orin Nano Super"},
      {"Dell Inc. Dell Pro Max with GB10 FCM1253", "NVIDIA GB10"},
      {"Framework Desktop (AMD Ryzen AI Max 300 Series)", "Framework Desktop", 1, 128},
      {"GMKtec NucBox_EVO-X2", "GMKtec EVO-X2", 1, 128},
      {"Bosgame M5", "Bosgame M5", 1, 128},
      {"ASUS ROG Flow Z13 GZ302EA", "ASUS ROG Flow Z13 (2025)"},
  });
}

TEST(DeviceNameKinds, DriversAndBrowsersPrintMoreThanTheName) {
  expect_resolved({
      {"NVIDIA GeForce RTX 3070 Laptop GPU/PCIe/SSE2", "NVIDIA GeForce RTX 3070 Laptop GPU"},
      {"ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)", "NVIDIA GeForce RTX 3060"},
      {"ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 (0x00002504) Direct3D11 vs_5_0 ps_5_0, D3D11)",
       "NVIDIA GeForce RTX 3060"},
      {"AMD Radeon RX 7900 XTX (RADV NAVI31)", "AMD Radeon RX 7900 XTX"},
      {"AMD Radeon RX 7900 XTX (radeonsi, navi31, LLVM 15.0.7, DRM 3.49, 6.1.0-13-amd64)",
       "AMD Radeon RX 7900 XTX"},
      {"AMD Radeon 780M Graphics (RADV PHOENIX)", "AMD Radeon 780M"},
      {"NVIDIA GPU [GeForce RTX 5090 Max-Q / Mobile]", "NVIDIA GeForce RTX 5090 Laptop GPU"},
      {"NVIDIA Corporation GB203M / GN22-X11 [GeForce RTX 5090 Max-Q / Mobile]",
       "NVIDIA GeForce RTX 5090 Laptop GPU"},
      {"AMD Radeon Graphics (RADV GFX1151)", "AMD Ryzen AI Max+ 395"},
      {"AMD Radeon RX 9070 XT (RADV GFX1201)", "AMD Radeon RX 9070 XT"},
      {"Intel(R) Arc(tm) B580 Graphics (BMG G21)", "Intel Arc B580"},
      {"Adreno 750", "Qualcomm Snapdragon 8 Gen 3"},
      {"Adreno (TM) 830", "Qualcomm Snapdragon 8 Elite"},
      {"Mali-G715", "Google Tensor G4"},
      {"Orin (nvgpu)", "NVIDIA Jetson AGX Orin 64GB"},
      {"NVIDIA Corporation GA106M [GeForce RTX 3060 Mobile / Max-Q]", "NVIDIA GeForce RTX 3060 Laptop GPU"},
  });
  expect_unknown({"llvmpipe (LLVM 15.0.6, 256 bits)", "AMD Radeon RX 7900 XTX (RADV NAVI21)",
                  "AMD Radeon RX 9070 XT (RADV GFX1100)", "Apple GPU", "ANGLE ()", "[]", "Cubot P40 [A40]"});
}

TEST(DeviceNameKinds, CardsAreSoldByOthers) {
  expect_resolved({
      {"MSI GeForce RTX 5080 16G GAMING TRIO OC", "NVIDIA GeForce RTX 5080", 1, 16},
      {"ASUS TUF RTX 4070 Ti SUPER OC 16GB", "NVIDIA GeForce RTX 4070 Ti SUPER", 1, 16},
      {"Gigabyte AORUS RTX 5090 MASTER ICE", "NVIDIA GeForce RTX 5090"},
      {"EVGA RTX 3090 FTW3 Ultra 24GB", "NVIDIA GeForce RTX 3090"},
      {"ZOTAC GAMING RTX 3060 Twin Edge OC 12GB", "NVIDIA GeForce RTX 3060", 1, 12},
      {"Sapphire Nitro+ RX 9070 XT 16GB", "AMD Radeon RX 9070 XT"},
      {"XFX Speedster MERC 310 RX 7900 XT", "AMD Radeon RX 7900 XT"},
      {"PowerColor Red Devil RX 7900 XTX", "AMD Radeon RX 7900 XTX"},
      {"HP NVIDIA A40", "NVIDIA A40"},
  });
}

TEST(DeviceNameKinds, CountsAndVirtualGpus) {
  expect_resolved({
      {"8xH100", "NVIDIA H100 SXM", 8},
      {"4 x RTX 3090", "NVIDIA GeForce RTX 3090", 4},
      {"2x RTX 3090 NVLink", "NVIDIA GeForce RTX 3090", 2},
      {"NVIDIA DGX H100", "NVIDIA DGX H100", 8, 80},
      {"2x DGX H100", "NVIDIA DGX H100", 16, 80},
      {"H100 MIG 1g.10gb", "NVIDIA H100 SXM MIG 1g.10gb", 1, 10},
      {"H100 80GB HBM3 MIG 3g.40gb", "NVIDIA H100 SXM MIG 3g.40gb", 1, 40},
      {"A100-SXM4-40GB MIG 3g.20gb", "NVIDIA A100 SXM 40GB MIG 3g.20gb", 1, 20},
      {"NVIDIA A40-8Q", "NVIDIA A40", 1, 8},
      {"GRID T4-16Q", "NVIDIA T4", 1, 16},
  });
  expect_unknown({"RTX 3090 + RTX 3060", "A40-64Q", "RTX 4070-8Q", "H100 MIG 5g.77gb"});
}

TEST(DeviceNameKinds, CloudsHaveTheirOwnCoresMemoryAndCards) {
  expect_resolved({
      {"c7g.4xlarge", "AWS c7g.4xlarge", 1, 32},
      {"t4g.medium", "AWS t4g.medium", 1, 4},
      {"m7i.4xlarge", "AWS m7i.4xlarge", 1, 64},
      {"g6.xlarge", "AWS g6.xlarge", 1, 24},
      {"p5.48xlarge", "AWS p5.48xlarge", 8, 80},
      {"p4d.24xlarge", "AWS p4d.24xlarge", 8, 40},
      {"a2-highgpu-1g", "Google Cloud a2-highgpu-1g", 1, 40},
      {"a3-highgpu-8g", "Google Cloud a3-highgpu-8g", 8, 80},
      {"n2-standard-8", "Google Cloud n2-standard-8", 1, 32},
      {"Standard_NC24ads_A100_v4", "Azure Standard_NC24ads_A100_v4", 1, 80},
      {"Standard_D8s_v5", "Azure Standard_D8s_v5", 1, 32},
  });
  const auto graviton = find_device("c7g.4xlarge"), xeon = find_device("m7i.4xlarge");
  ASSERT_TRUE(graviton && xeon);
  EXPECT_EQ(graviton->device->cpu.cores, 16u);
  EXPECT_EQ(xeon->device->cpu.cores, 8u);  // two virtual processors a core
  expect_unknown({"c7g.5xlarge", "p5.49xlarge", "Standard_D9s_v5", "n2-standard-9"});
}

TEST(DeviceNameKinds, MacsStateCoresYearsAndScreens) {
  expect_resolved({
      {"Mac mini M4 Pro 20c", "Apple M4 Pro 20-core GPU"},
      {"Mac mini M4 Pro (14-core CPU, 20-core GPU, 64GB)", "Apple M4 Pro 20-core GPU", 1, 64},
      {"Apple MacBook Air (13-inch, M1, 2020)", "Apple M1 8-core GPU"},
      {"MacBook Pro 16\" M4 Max 128GB", "Apple M4 Max 40-core GPU", 1, 128},
      {"Mac Studio M4 Max 16/40 128GB", "Apple M4 Max 40-core GPU", 1, 128},
      {"Apple M2 Ultra 24c/76c", "Apple M2 Ultra 76-core GPU"},
      {"Mac mini M4 16GB 256GB", "Apple M4 10-core GPU", 1, 16},
  });
}

TEST(DeviceNameKinds, TablesAreToldTheSameWithoutAnError) {
  for (const char* name : {"RTX 4090", "2x RTX 3090", "Galaxy A100", "", "iPhone15,2", "Cubot P40"}) {
    const auto found = find_device(name);
    const auto known = known_device(name);
    ASSERT_EQ(known.has_value(), found.has_value()) << name;
    if (!known) continue;
    EXPECT_EQ(known->device, found->device) << name;
    EXPECT_EQ(known->count, found->count) << name;
  }
}

TEST(DeviceNameKinds, AMissingProcessorIsNotItsNeighbour) {
  const auto found = find_device("Intel Core Ultra 7 115H");
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().find("Intel Core Ultra 7 155H"), std::string::npos) << found.error();
}

}  // namespace
}  // namespace weighin
