// `weighin probe` with real Vulkan loaders and drivers that misbehave (tests/vulkan_icd).
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/folder.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
constexpr uint64_t gib = uint64_t{1} << 30;

/// A folder with drivers, each under the name of what it does, in the order in which the loader has them.
struct Drivers : Folder {
  std::string files;

  explicit Drivers(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const fs::path library = path() / (name + ".so");
      fs::copy_file(FAKE_VULKAN_DRIVER, library);
      const json manifest{{"file_format_version", "1.0.0"},
                          {"ICD", {{"library_path", library.string()}, {"api_version", "1.3.0"}}}};
      files += (files.empty() ? "" : ":") + write(name + ".json", manifest.dump());
    }
  }

  /// The variables that give a command these drivers alone. A sanitizer would make exit codes of signals.
  std::string environment() const {
    return "ASAN_OPTIONS=handle_segv=0:handle_abort=0 VK_DRIVER_FILES='" + files + "' VK_ICD_FILENAMES='" +
           files + "' ";
  }

  /// The machine as `weighin probe` sees it with these drivers.
  json probed() const { return answer(shell(environment() + "'" WEIGHIN_BINARY "' probe --json 2>&1")); }

  /// The same of drivers none of which hangs: asked again, twice at most, where this machine was too busy for
  /// one to answer in time.
  json probed_in_time() const {
    json machine = probed();
    for (int again = 0; again < 2 && machine.dump().find("did not answer") != std::string::npos; ++again)
      machine = probed();
    return machine;
  }
};

bool has_loader() {
  const json vulkan = answer("probe --json")["vulkan"];
  return vulkan.is_array() || vulkan["absent"].get<std::string>().find("loader") == std::string::npos;
}

/// That the remarks name this driver's manifest and what it did.
bool is_remarked(const json& machine, const std::string& manifest, const std::string& what) {
  const json& remarks = machine["remarks"];
  return std::any_of(remarks.begin(), remarks.end(), [&](const std::string& remark) {
    return remark.find(manifest) != std::string::npos && remark.find(what) != std::string::npos;
  });
}

class VulkanProbe : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_loader()) GTEST_SKIP() << "no Vulkan loader is installed (Debian package libvulkan1)";
  }
};

TEST_F(VulkanProbe, ACardAndWhatIsFreeOfIt) {
  const json vulkan = Drivers({"card"}).probed()["vulkan"];
  ASSERT_EQ(vulkan.size(), 1U) << vulkan;
  const json& card = vulkan[0];
  EXPECT_EQ(card["name"], "Fake Card");
  EXPECT_EQ(card["pci"], "0000:01:00.0");
  EXPECT_EQ(card["driver"], "Fake");
  EXPECT_EQ(card["driver_version"], "7.8.9");
  EXPECT_EQ(card["id"].get<std::string>().size(), 16U);
  EXPECT_EQ(card["memory_total_bytes"], 8 * gib) << "the window of 256 MiB is a part of it";
  EXPECT_EQ(card["memory_free_bytes"], 5 * gib) << "a budget of 6 GiB, 1 GiB of it in use";
  EXPECT_EQ(card["max_allocation_bytes"], 4 * gib);
  EXPECT_EQ(card["unified"], false);
  EXPECT_EQ(card["software"], false);
  EXPECT_EQ(card["float16"], true);
  EXPECT_EQ(card["int8"], false);
}

TEST_F(VulkanProbe, OneCardThroughTwoDriversIsOne) {
  for (const auto& order : {std::vector<std::string>{"card", "card_of_mesa"}, {"card_of_mesa", "card"}}) {
    const json vulkan = Drivers(order).probed()["vulkan"];
    ASSERT_EQ(vulkan.size(), 1U) << vulkan;
    EXPECT_EQ(vulkan[0]["driver"], "Fake") << "the conformant one";
    ASSERT_EQ(vulkan[0]["also_through"].size(), 1U);
    EXPECT_NE(vulkan[0]["also_through"][0].get<std::string>().find("Fake Mesa"), std::string::npos);
  }
}

TEST_F(VulkanProbe, TwoEqualCardsAreTwo) {
  const json vulkan = Drivers({"two_cards"}).probed()["vulkan"];
  ASSERT_EQ(vulkan.size(), 2U) << vulkan;
  EXPECT_NE(vulkan[0]["id"], vulkan[1]["id"]);
  EXPECT_NE(vulkan[0]["pci"], vulkan[1]["pci"]);
}

TEST_F(VulkanProbe, ADriverOfVulkan10SaysLittleAndIsShown) {
  const json vulkan = Drivers({"old"}).probed()["vulkan"];
  ASSERT_EQ(vulkan.size(), 1U) << vulkan;
  EXPECT_EQ(vulkan[0]["memory_total_bytes"], 8 * gib);
  EXPECT_TRUE(vulkan[0]["memory_free_bytes"].contains("absent")) << vulkan[0];
}

TEST_F(VulkanProbe, ABadDriverHidesNoOthersCard) {
  for (const auto& [name, what] : {std::pair{"abort", "crashed"},
                                   {"crash", "crashed"},
                                   {"crash_late", "crashed"},
                                   {"exit", "no readable answer"}}) {
    SCOPED_TRACE(name);
    const json machine = Drivers({name, "card"}).probed_in_time();
    ASSERT_EQ(machine["vulkan"].size(), 1U) << machine["vulkan"];
    EXPECT_EQ(machine["vulkan"][0]["name"], "Fake Card");
    EXPECT_EQ(machine["vulkan"][0]["driver_manifest"], "card.json");
    EXPECT_TRUE(is_remarked(machine, std::string(name) + ".json", what)) << machine["remarks"];
    EXPECT_FALSE(is_remarked(machine, "card.json", "")) << machine["remarks"];
  }
}

TEST_F(VulkanProbe, ADriverThatHangsIsStopped) {
  const auto begin = std::chrono::steady_clock::now();
  const json machine = Drivers({"hang", "card"}).probed();
  ASSERT_EQ(machine["vulkan"].size(), 1U) << machine["vulkan"];
  EXPECT_TRUE(is_remarked(machine, "hang.json", "did not answer")) << machine["remarks"];
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30)) << "it was waited for";
}

TEST_F(VulkanProbe, ABadDriverAloneIsAReason) {
  const json machine = Drivers({"abort"}).probed_in_time();
  ASSERT_TRUE(machine["vulkan"].contains("absent")) << machine["vulkan"];
  EXPECT_NE(machine["vulkan"]["absent"].get<std::string>().find("crashed"), std::string::npos);
  EXPECT_TRUE(is_remarked(machine, "abort.json", "crashed")) << machine["remarks"];
}

TEST_F(VulkanProbe, AFloodOfWordsDoesNoHarm) {
  const json machine = Drivers({"flood"}).probed();
  ASSERT_EQ(machine["vulkan"].size(), 1U) << machine["vulkan"];
  EXPECT_EQ(machine["vulkan"][0]["name"], "Fake Card");
}

TEST_F(VulkanProbe, WithoutADriverItSaysSo) {
  const Folder empty;
  const json machine =
      answer(shell("VK_DRIVER_FILES='" + empty.path().string() + "/none.json' VK_ICD_FILENAMES='" +
                   empty.path().string() + "/none.json' '" WEIGHIN_BINARY "' probe --json"));
  ASSERT_TRUE(machine["vulkan"].contains("absent"));
  EXPECT_NE(machine["vulkan"]["absent"].get<std::string>().find("no Vulkan driver"), std::string::npos)
      << machine["vulkan"];
}

// A card that cannot be measured is no secret: plain `weighin` answers without it and says so, as `fit` does.
TEST_F(VulkanProbe, PlainWeighinWarnsOfACardThatGaveNoMeasurement) {
  const Drivers drivers({"card"});
  const std::string place = "XDG_DATA_HOME='" + drivers.path().string() + "' " + drivers.environment();
  const std::string plain = shell(place + "'" WEIGHIN_BINARY "' --budget 2s 2>/dev/null").output;
  EXPECT_NE(plain.find("warning: GPU Fake Card (8 GiB) "), std::string::npos) << plain;
  const std::string fit = shell(place + "'" WEIGHIN_BINARY "' fit 2>/dev/null").output;
  EXPECT_NE(fit.find("warning: GPU Fake Card (8 GiB) "), std::string::npos) << fit;
}

TEST(VulkanProbeWithoutALoader, SaysSo) {
  const json machine = answer(shell("LD_AUDIT='" NO_VULKAN_LOADER "' '" WEIGHIN_BINARY "' probe --json"));
  ASSERT_TRUE(machine["vulkan"].contains("absent")) << machine["vulkan"];
  EXPECT_NE(machine["vulkan"]["absent"].get<std::string>().find("no Vulkan loader"), std::string::npos)
      << machine["vulkan"];
}

TEST(VulkanProbeWithoutALoader, ABrokenOneIsNotAMissingOne) {
  const Folder folder;
  folder.write("libvulkan.so.1", "no library\n");
  const json machine =
      answer(shell("LD_LIBRARY_PATH='" + folder.path().string() + "' '" WEIGHIN_BINARY "' probe --json"));
  ASSERT_TRUE(machine["vulkan"].contains("absent")) << machine["vulkan"];
  EXPECT_NE(machine["vulkan"]["absent"].get<std::string>().find("cannot be loaded"), std::string::npos)
      << machine["vulkan"];
}

TEST(Nvml, WhatItsLibrarySays) {
  const Folder folder;
  fs::copy_file(FAKE_NVML, folder.path() / "libnvidia-ml.so.1");
  const json gpus = answer(
      shell("LD_LIBRARY_PATH='" + folder.path().string() + "' '" WEIGHIN_BINARY "' probe-nvml"))["gpus"];
  ASSERT_EQ(gpus.size(), 1U);
  EXPECT_EQ(gpus[0]["name"], "Fake NVIDIA Card");
  EXPECT_EQ(gpus[0]["pci"], "0000:65:00.0");
  EXPECT_EQ(gpus[0]["vendor_id"], 0x10de);
  EXPECT_EQ(gpus[0]["device_id"], 0x2204);
  EXPECT_EQ(gpus[0]["memory_total_bytes"], 24 * gib);
  EXPECT_EQ(gpus[0]["memory_free_bytes"], 20 * gib);
  EXPECT_EQ(gpus[0]["temperature_c"], 41);
  EXPECT_EQ(gpus[0]["power_w"], 25.5);
  EXPECT_FALSE(gpus[0].contains("power_limit_w")) << "the card does not tell it";
  EXPECT_FALSE(gpus[0].contains("clock_mhz")) << "the library has no such function";
}

TEST(Nvml, ABrokenLibraryIsAReason) {
  const Folder folder;
  folder.write("libnvidia-ml.so.1", "no library\n");
  EXPECT_TRUE(
      answer(shell("LD_LIBRARY_PATH='" + folder.path().string() + "' '" WEIGHIN_BINARY "' probe-nvml"))
          .contains("absent"));
}

}  // namespace
}  // namespace weighin
