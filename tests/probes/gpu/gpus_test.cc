// One GPU that appears several times: through Vulkan's drivers, the kernel and NVML.
#include "probes/gpu/gpus.h"

#include <gtest/gtest.h>

#include <map>

#include "probes/gpu/nvml.h"
#include "probes/gpu/vulkan_drivers.h"
#include "tests/folder.h"

namespace weighin {
namespace {

constexpr uint64_t gib = uint64_t{1} << 30;

VulkanDevice card(const std::string& id, const std::string& pci, const std::string& driver = "radv") {
  VulkanDevice device;
  device.id = id;
  device.pci = pci;
  device.driver = driver;
  device.type = "discrete";
  device.api_version = "1.3.0";
  device.conformant = true;
  device.memory_total_bytes = known(8 * gib, "test");
  device.memory_free_bytes = absent<uint64_t>("not said", "test");
  return device;
}

SysfsGpu in_sysfs(const std::string& pci) {
  SysfsGpu gpu;
  gpu.name = "AMD GPU 1002:73bf";
  gpu.pci = pci;
  gpu.kernel_driver = "amdgpu";
  gpu.vram_total_bytes = known(8 * gib, "sysfs");
  gpu.vram_free_bytes = known(7 * gib, "sysfs");
  gpu.sensors.temperature_c = known(50.0, "hwmon");
  return gpu;
}

Fact<std::vector<NvmlGpu>> no_nvml() {
  return absent<std::vector<NvmlGpu>>("none here", "test");
}

Machine with_vulkan(std::vector<VulkanDevice> devices) {
  Machine machine;
  machine.vulkan = known(std::move(devices), "test");
  machine.memory.available_bytes = known(6 * gib, "test");
  return machine;
}

TEST(OnceEach, TheNewerVulkanStaysOfTwoConformantDrivers) {
  VulkanDevice old = card("a", "0000:03:00.0", "older");
  old.api_version = "1.3.9";
  VulkanDevice newer = card("b", "0000:03:00.0", "newer");
  newer.api_version = "1.3.10";  // greater as a number, not as text
  const auto kept = once_each({old, newer});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].driver, "newer");
  EXPECT_EQ(kept[0].also_through, std::vector<std::string>{"older"});
}

TEST(OnceEach, EqualCardsStayTwoAndUnknownAddressesGoById) {
  EXPECT_EQ(once_each({card("a", "0000:03:00.0"), card("a", "0000:04:00.0")}).size(), 2U);
  EXPECT_EQ(once_each({card("a", ""), card("b", "")}).size(), 2U);
  EXPECT_EQ(once_each({card("a", ""), card("a", "")}).size(), 1U);
}

TEST(OnceEach, ADriverOfTwoManifestsIsNoOther) {
  const auto kept = once_each({card("a", "0000:03:00.0"), card("a", "0000:03:00.0")});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_TRUE(kept[0].also_through.empty());
}

TEST(OnceEach, SoftwareIsNoGpusOther) {
  VulkanDevice software = card("a", "");
  software.software = true;
  EXPECT_EQ(once_each({card("a", ""), software}).size(), 2U);
}

TEST(JoinGpus, VulkanAndSysfsShowOneCard) {
  Machine machine = with_vulkan({card("a", "0000:03:00.0")});
  join_gpus({in_sysfs("0000:03:00.0")}, no_nvml(), machine);
  EXPECT_TRUE(machine.gpus_without_vulkan.empty());
  const VulkanDevice& device = machine.vulkan.value->front();
  EXPECT_EQ(device.memory_free_bytes.value, 7 * gib);
  EXPECT_EQ(device.sensors.temperature_c.value, 50.0);
  EXPECT_FALSE(device.sensors.power_w.known());
  EXPECT_FALSE(device.sensors.power_w.reason.empty());
}

TEST(JoinGpus, WhatTheVulkanDriverSaysIsFreeStays) {
  VulkanDevice device = card("a", "0000:03:00.0");
  device.memory_free_bytes = known(3 * gib, "VK_EXT_memory_budget");
  Machine machine = with_vulkan({device});
  join_gpus({in_sysfs("0000:03:00.0")}, no_nvml(), machine);
  EXPECT_EQ(machine.vulkan.value->front().memory_free_bytes.value, 3 * gib);
}

TEST(JoinGpus, ACardAtAnotherAddressIsAnother) {
  Machine machine = with_vulkan({card("a", "0000:03:00.0")});
  join_gpus({in_sysfs("0000:04:00.0")}, no_nvml(), machine);
  ASSERT_EQ(machine.gpus_without_vulkan.size(), 1U);
  EXPECT_EQ(machine.gpus_without_vulkan[0].pci, "0000:04:00.0");
  EXPECT_NE(machine.gpus_without_vulkan[0].reason.find("amdgpu"), std::string::npos);
  EXPECT_FALSE(machine.vulkan.value->front().memory_free_bytes.known());
}

TEST(JoinGpus, NvmlFillsWhatIsMissing) {
  NvmlGpu nvml;
  nvml.name = "A card";
  nvml.pci = "0000:65:00.0";
  nvml.memory_free_bytes = known(5 * gib, "NVML");
  nvml.sensors.power_w = known(25.5, "NVML");
  Machine machine = with_vulkan({card("a", "0000:65:00.0")});
  join_gpus({}, known(std::vector{nvml}, "NVML"), machine);
  EXPECT_TRUE(machine.gpus_without_vulkan.empty());
  EXPECT_EQ(machine.vulkan.value->front().memory_free_bytes.value, 5 * gib);
  EXPECT_EQ(machine.vulkan.value->front().sensors.power_w.value, 25.5);

  // A container that has no Vulkan.
  Machine bare;
  bare.vulkan = absent<std::vector<VulkanDevice>>("no Vulkan loader", "test");
  join_gpus({}, known(std::vector{nvml}, "NVML"), bare);
  ASSERT_EQ(bare.gpus_without_vulkan.size(), 1U);
  EXPECT_EQ(bare.gpus_without_vulkan[0].name, "A card");
  EXPECT_NE(bare.gpus_without_vulkan[0].reason.find("no Vulkan loader"), std::string::npos);
}

// A unified GPU uses the machine's memory, which counts once: no more of it is free than the machine has
// available, plus what the firmware set apart for the GPU.
TEST(JoinGpus, UnifiedMemoryIsTheMachines) {
  VulkanDevice device = card("a", "0000:03:00.0");
  device.unified = true;
  device.memory_total_bytes = known(12 * gib, "test");
  Machine machine = with_vulkan({device});
  SysfsGpu sysfs = in_sysfs("0000:03:00.0");
  sysfs.vram_free_bytes = known(gib / 2, "sysfs");
  join_gpus({sysfs}, no_nvml(), machine);
  EXPECT_EQ(machine.vulkan.value->front().memory_free_bytes.value, 6 * gib + gib / 2);

  device.memory_free_bytes = known(11 * gib, "VK_EXT_memory_budget");
  Machine budgeted = with_vulkan({device});
  join_gpus({}, no_nvml(), budgeted);
  EXPECT_EQ(budgeted.vulkan.value->front().memory_free_bytes.value, 6 * gib);
}

TEST(JoinGpus, ASoftwareRasterizerTakesNoCard) {
  VulkanDevice software = card("a", "");
  software.software = true;
  Machine machine = with_vulkan({software});
  join_gpus({in_sysfs("0000:03:00.0")}, no_nvml(), machine);
  EXPECT_EQ(machine.gpus_without_vulkan.size(), 1U);
}

TEST(NvmlAnswer, NonsenseIsAReason) {
  for (const char* text :
       {"", "[]", "{}", "{\"gpus\": 1}", "{\"gpus\": [{\"name\": 1}]}", "{\"absent\": 1}"}) {
    const auto fact = nvml_gpus_from_json(text);
    EXPECT_FALSE(fact.known()) << text;
    EXPECT_FALSE(fact.reason.empty()) << text;
  }
}

Host host_with(const std::filesystem::path& root, const std::map<std::string, std::string>& variables) {
  Host host = recorded_host(root);
  host.environment = [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return host;
}

TEST(DriverManifests, OfTheFoldersThatTheLoaderReads) {
  const Folder folder;
  for (const char* file :
       {"etc/vulkan/icd.d/b.json", "etc/vulkan/icd.d/a.json", "etc/vulkan/icd.d/readme.txt",
        "usr/share/vulkan/icd.d/c.json", "home/me/.local/share/vulkan/icd.d/d.json"})
    folder.write(file, "{}");
  using Paths = std::vector<std::filesystem::path>;
  EXPECT_EQ(driver_manifests(host_with(folder.path(), {{"HOME", "/home/me"}})),
            (Paths{"/etc/vulkan/icd.d/a.json", "/etc/vulkan/icd.d/b.json",
                   "/home/me/.local/share/vulkan/icd.d/d.json", "/usr/share/vulkan/icd.d/c.json"}));
  EXPECT_EQ(driver_manifests(host_with(folder.path(), {{"XDG_DATA_DIRS", "/nowhere"}})),
            (Paths{"/etc/vulkan/icd.d/a.json", "/etc/vulkan/icd.d/b.json"}));
  // A variable that names files and folders replaces all the usual folders.
  EXPECT_EQ(driver_manifests(host_with(folder.path(), {{"VK_DRIVER_FILES", "/x.json:/usr/share/vulkan/icd.d"},
                                                       {"VK_ICD_FILENAMES", "/y.json"}})),
            (Paths{"/x.json", "/usr/share/vulkan/icd.d/c.json"}));
}

TEST(VulkanDrivers, EachIsAskedAloneWhereAllFailed) {
  Host host = host_with("/nonexistent", {{"VK_DRIVER_FILES", "/d/bad.json:/d/good.json:/d/none.json"}});
  host.program = "weighin";
  host.run_process = [](const std::vector<std::string>& arguments,
                        std::chrono::milliseconds) -> tl::expected<ProcessResult, std::string> {
    ProcessResult result;
    result.exit_code = 0;
    if (arguments.back() == "/d/good.json")
      result.output = R"({"devices": [{"name": "A"}]})";
    else if (arguments.back() == "/d/none.json")
      result.output = R"({"absent": "no Vulkan driver is installed"})";
    else
      result.signal = 6;
    return result;
  };
  const DriversAnswer answer = ask_vulkan_drivers(host);
  ASSERT_TRUE(answer.devices.known()) << answer.devices.reason;
  ASSERT_EQ(answer.devices.value->size(), 1U);
  EXPECT_EQ(answer.devices.value->front().driver_manifest, "good.json");
  ASSERT_EQ(answer.failures.size(), 1U) << "a driver without a GPU is no failure";
  EXPECT_NE(answer.failures[0].find("bad.json"), std::string::npos);
  EXPECT_EQ(answer.failures[0].find("/d/"), std::string::npos) << "a folder may hold a user's name";
}

}  // namespace
}  // namespace weighin
