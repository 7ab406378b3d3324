// The probes over hand-made /proc and /sys trees (tests/machines/NAME, each with a file MADE that says what
// it is).
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "probes/all_probes.h"
#include "probes/host/sha256.h"
#include "probes/machine/machine.h"
#include "probes/machine/machine_json.h"
#include "probes/machine/machine_text.h"
#include "probes/system/cpu.h"
#include "probes/system/platform.h"
#include "probes/system/simd_flags.h"
#include "tests/folder.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;
constexpr uint64_t gib = uint64_t{1} << 30;

fs::path tree(const std::string& name) {
  return fs::path(WEIGHIN_SOURCE_DIR) / "tests/machines" / name;
}
Machine machine(const std::string& name) {
  return probe_machine(recorded_host(tree(name)));
}

bool any_contains(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

// A copy that the test may change, gone at its end.
struct Copy : Folder {
  explicit Copy(const std::string& name) { fs::copy(tree(name), path(), fs::copy_options::recursive); }
};

TEST(RecordedTrees, EveryTreeSaysItIsMadeAndProbes) {
  int trees = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(WEIGHIN_SOURCE_DIR) / "tests/machines")) {
    ++trees;
    EXPECT_TRUE(fs::exists(entry.path() / "MADE")) << entry.path();
    const Machine found = probe_machine(recorded_host(entry.path()));
    EXPECT_EQ(found.id.size(), 16U);
    EXPECT_FALSE(machine_text(found).empty());
    EXPECT_TRUE(nlohmann::json::parse(machine_json(found), nullptr, false).is_object()) << entry.path();
  }
  EXPECT_GE(trees, 10);
}

TEST(RecordedTrees, CgroupV2LimitOfAParentBinds) {
  const Machine found = machine("cgroup-v2");
  EXPECT_EQ(found.memory.total_bytes.value, 16 * gib);
  ASSERT_EQ(found.memory.limits.size(), 1U);
  EXPECT_EQ(found.memory.limits[0].kind, "cgroup");
  EXPECT_EQ(found.memory.limits[0].bytes, 4 * gib);
  // 2 GiB in use, of which 1 GiB is file cache the kernel would drop.
  EXPECT_EQ(found.memory.limits[0].available_bytes, 3 * gib);
  EXPECT_EQ(usable_memory(found.memory).bytes, 3 * gib);
  EXPECT_EQ(usable_memory(found.memory).limit, "cgroup");
  // 1.5 CPUs of quota, rounded up.
  EXPECT_EQ(found.topology.usable_threads.value, 2U);
  EXPECT_EQ(found.topology.threads.value, 4U);
}

TEST(RecordedTrees, MemoryHighBindsLikeMemoryMax) {
  const Copy copy("cgroup-v2");
  copy.write("sys/fs/cgroup/lab.slice/memory.high", std::to_string(3 * gib));
  const Machine found = probe_machine(recorded_host(copy.path()));
  EXPECT_EQ(usable_memory(found.memory).bytes, 2 * gib);
}

TEST(RecordedTrees, CgroupV1Limit) {
  const Machine found = machine("cgroup-v1");
  ASSERT_EQ(found.memory.limits.size(), 1U);
  EXPECT_EQ(found.memory.limits[0].bytes, 2 * gib);
  EXPECT_EQ(usable_memory(found.memory).bytes, 2 * gib - gib / 2);
  EXPECT_EQ(found.topology.usable_threads.value, 4U);  // cfs_quota_us is -1: no quota
}

TEST(RecordedTrees, UlimitOfAContainerBinds) {
  const Machine found = machine("container");
  EXPECT_EQ(usable_memory(found.memory).limit, "ulimit -v");
  EXPECT_EQ(usable_memory(found.memory).bytes, 7 * gib);
  EXPECT_EQ(found.topology.usable_threads.value, 2U);
  ASSERT_TRUE(found.platform.virtualization.known());
  EXPECT_EQ(*found.platform.virtualization.value, "qemu, podman");
  EXPECT_FALSE(found.platform.board.known());  // "Standard PC" is no board
  EXPECT_TRUE(any_contains(found.remarks, "memory is the guest's"));
}

TEST(RecordedTrees, Wsl2) {
  const Machine found = machine("wsl2");
  EXPECT_EQ(found.platform.virtualization.value, "wsl2");
  EXPECT_TRUE(any_contains(found.remarks, "WSL2"));
}

TEST(RecordedTrees, RaspberryPi5) {
  const Machine found = machine("raspberry-pi-5");
  EXPECT_EQ(found.cpu.architecture, "aarch64");
  EXPECT_EQ(found.cpu.name.value, "Cortex-A76");
  EXPECT_EQ(found.platform.board.value, "Raspberry Pi 5 Model B Rev 1.0");
  EXPECT_TRUE(found.label.starts_with("Raspberry Pi 5 Model B"));
  EXPECT_EQ(found.cpu.max_mhz.value, 2400.0);
  ASSERT_TRUE(found.cpu.simd.known());
  EXPECT_EQ(found.cpu.simd.value->names(), (std::vector<std::string>{"neon", "fp16", "dotprod"}));
  EXPECT_EQ(found.topology.cores.value, 4U);
  EXPECT_EQ(found.topology.last_level_cache_bytes.value, uint64_t{2} << 20);
  EXPECT_EQ(machine_json(found).find("0123456789abcdef"), std::string::npos) << "the serial number is shown";
}

TEST(RecordedTrees, AnAmdCardThatOnlyTheKernelShows) {
  const Machine found = machine("amd-card");
  ASSERT_EQ(found.gpus_without_vulkan.size(), 1U) << "the management chip is no GPU";
  const GpuWithoutVulkan& gpu = found.gpus_without_vulkan[0];
  EXPECT_EQ(gpu.name, "AMD GPU 1002:73bf");
  EXPECT_EQ(gpu.pci, "0000:03:00.0");
  EXPECT_EQ(gpu.kernel_driver, "amdgpu");
  EXPECT_EQ(gpu.memory_total_bytes.value, 17163091968U);
  EXPECT_EQ(gpu.memory_free_bytes.value, 17163091968U - 2684354560U);
  EXPECT_EQ(gpu.sensors.temperature_c.value, 47.0);
  EXPECT_EQ(gpu.sensors.power_w.value, 31.0);
  EXPECT_EQ(gpu.sensors.power_limit_w.value, 255.0);
  EXPECT_EQ(gpu.sensors.clock_mhz.value, 500.0);
  EXPECT_FALSE(gpu.reason.empty());
  EXPECT_NE(machine_text(found).find("AMD GPU 1002:73bf"), std::string::npos);
}

TEST(RecordedTrees, NvidiaCardsWithoutVulkan) {
  const Machine found = machine("nvidia-without-vulkan");
  ASSERT_EQ(found.gpus_without_vulkan.size(), 2U);
  EXPECT_EQ(found.gpus_without_vulkan[0].kernel_driver, "nvidia");
  EXPECT_FALSE(found.gpus_without_vulkan[0].memory_total_bytes.known());
  EXPECT_FALSE(found.gpus_without_vulkan[0].memory_total_bytes.reason.empty());
  EXPECT_NE(found.gpus_without_vulkan[1].reason.find("no driver bound"), std::string::npos);
}

TEST(RecordedTrees, AChipsGpuIsOnNoBus) {
  const Machine found = machine("raspberry-pi-5");
  ASSERT_EQ(found.gpus_without_vulkan.size(), 1U);
  EXPECT_EQ(found.gpus_without_vulkan[0].name, "brcm,2712-v3d");
  EXPECT_EQ(found.gpus_without_vulkan[0].kernel_driver, "v3d");
  EXPECT_TRUE(found.gpus_without_vulkan[0].pci.empty());
}

TEST(RecordedTrees, HybridLaptopOnBattery) {
  const Machine found = machine("laptop");
  EXPECT_EQ(found.platform.power.value, "battery 57%");
  EXPECT_EQ(found.platform.board.value, "LENOVO ThinkPad Example");
  EXPECT_TRUE(any_contains(found.warnings, "battery"));
  EXPECT_TRUE(any_contains(found.warnings, "powersave"));
  EXPECT_FALSE(found.platform.virtualization.known());
  uint32_t performance = 0;
  uint32_t efficiency = 0;
  for (const CoreKind& kind : found.topology.core_kinds) {
    if (kind.kind == "performance") performance = kind.cores * 100 + kind.threads;
    if (kind.kind == "efficiency") efficiency = kind.cores * 100 + kind.threads;
  }
  EXPECT_EQ(performance, 204U) << "2 cores, 4 threads";
  EXPECT_EQ(efficiency, 404U) << "4 cores, 4 threads";
}

TEST(RecordedTrees, WhatCannotBeReadHasAReason) {
  const Machine found = machine("unreadable");
  EXPECT_FALSE(found.memory.total_bytes.known());
  EXPECT_FALSE(found.memory.total_bytes.reason.empty());
  EXPECT_FALSE(found.cpu.name.known());
  EXPECT_FALSE(found.cpu.simd.known());
  EXPECT_FALSE(found.vulkan.known());
  EXPECT_FALSE(found.vulkan.reason.empty());
  EXPECT_EQ(usable_memory(found.memory).limit, "unknown");
  EXPECT_NE(machine_text(found).find("not known: "), std::string::npos);
}

TEST(RecordedTrees, AnEmptyTreeIsSurvived) {
  const Copy copy("unreadable");
  fs::remove_all(copy.path() / "proc");
  const Machine found = probe_machine(recorded_host(copy.path()));
  EXPECT_EQ(found.id.size(), 16U);
  EXPECT_FALSE(found.cpu.name.reason.empty());
}

TEST(RecordedTrees, CpuWithOnlySse2HasNoFeatureThatMatters) {
  const Machine found = machine("sse-only");
  ASSERT_TRUE(found.cpu.simd.known());
  EXPECT_TRUE(found.cpu.simd.value->names().empty());
}

TEST(RecordedTrees, AFeatureThatOneCoreLacksIsNotThere) {
  const Copy copy("sse-only");
  copy.write("proc/cpuinfo", "flags : sse4_2 avx avx2\n\nflags : sse4_2\n");
  EXPECT_EQ(probe_machine(recorded_host(copy.path())).cpu.simd.value->names(),
            std::vector<std::string>{"sse4.2"});
}

TEST(Simd, OfArmsAuxiliaryVector) {
  EXPECT_TRUE(simd_of_hwcap(0, 0).names().empty());
  // A Cortex-A76's words as a Raspberry Pi 5's Linux gives them, and those of one with I8MM and BF16.
  const uint64_t features = 1 << 0 | 1 << 1 | 1 << 9 | 1 << 10 | 1 << 20;  // fp asimd fphp asimdhp asimddp
  EXPECT_EQ(simd_of_hwcap(features, 0).names(), (std::vector<std::string>{"neon", "fp16", "dotprod"}));
  EXPECT_EQ(simd_of_hwcap(features, 1 << 13 | 1 << 14).names(),
            (std::vector<std::string>{"neon", "fp16", "dotprod", "i8mm", "bf16"}));
}

TEST(Identity, TwoClonesOfOneDiskDiffer) {
  EXPECT_NE(machine("clone-a").id, machine("clone-b").id);
}

TEST(Identity, IsTheSameFromRunToRun) {
  EXPECT_EQ(machine("clone-a").id, machine("clone-a").id);
}

// The UUID is readable by root only on real machines; root must not take it into the id that users get
// without it.
TEST(Identity, RootAndUserGetTheSame) {
  const Copy with_uuid("clone-a");
  const Copy without_uuid("clone-a");
  const fs::path uuid = "sys/class/dmi/id/product_uuid";
  ASSERT_EQ(chmod((with_uuid.path() / uuid).c_str(), 0400), 0);
  fs::remove(without_uuid.path() / uuid);
  EXPECT_EQ(probe_machine(recorded_host(with_uuid.path())).id,
            probe_machine(recorded_host(without_uuid.path())).id);
}

TEST(Identity, AddressesOfContainersBridgesDoNotCount) {
  const Copy copy("clone-a");
  copy.write("sys/class/net/docker0/address", "02:42:ff:ff:ff:ff\n");
  EXPECT_EQ(probe_machine(recorded_host(copy.path())).id, machine("clone-a").id);
}

// What makes clone-a itself, but for the machine id that its clone shares.
void forget_hardware(const Copy& copy) {
  fs::remove_all(copy.path() / "sys/class/net");
  fs::remove_all(copy.path() / "sys/class/dmi");
}

void add_drive(const Copy& copy, const std::string& name, const std::string& file, const std::string& text,
               const char* removable = "0") {
  const std::string drive = "sys/block/" + name;
  fs::create_directories(copy.path() / drive / "device");
  copy.write(drive + "/removable", std::string(removable) + "\n");
  copy.write(drive + "/" + file, text + "\n");
}

std::string id_of(const Copy& copy) {
  return probe_machine(recorded_host(copy.path())).id;
}

TEST(Identity, ClonesWithoutACardDifferByTheirDrive) {
  const Copy a("clone-a"), b("clone-a"), stick("clone-a");
  for (const Copy* copy : {&a, &b, &stick}) forget_hardware(*copy);
  EXPECT_EQ(id_of(a), id_of(b));
  EXPECT_TRUE(any_contains(probe_machine(recorded_host(a.path())).remarks, "copy of its disk"));
  add_drive(stick, "sda", "device/wwid", "naa.1", "1");  // a memory stick is nobody's
  EXPECT_EQ(id_of(stick), id_of(a));
  add_drive(a, "nvme0n1", "wwid", "eui.0000000000000001");
  add_drive(b, "nvme0n1", "wwid", "eui.0000000000000002");
  EXPECT_NE(id_of(a), id_of(b));
  EXPECT_FALSE(any_contains(probe_machine(recorded_host(a.path())).remarks, "--label"));
}

TEST(Identity, AReplacedDriveChangesNothingWhereThereIsACard) {
  const Copy copy("clone-a");
  add_drive(copy, "nvme0n1", "wwid", "eui.0000000000000001");
  EXPECT_EQ(id_of(copy), machine("clone-a").id);
}

TEST(Identity, WslIsTheSameAfterARestart) {
  const Copy first("wsl2"), second("wsl2");
  const std::string card = "sys/class/net/eth0";
  for (const Copy* copy : {&first, &second}) {
    fs::create_directories(copy->path() / card / "device");
    copy->write(card + "/addr_assign_type", "0\n");
    copy->write(card + "/address", copy == &first ? "00:15:5d:00:00:01\n" : "00:15:5d:00:00:02\n");
  }
  EXPECT_EQ(id_of(first), id_of(second));
}

TEST(Identity, WithoutAnythingUniqueItSaysSo) {
  EXPECT_TRUE(any_contains(machine("wsl2").remarks, "--label"));
  EXPECT_FALSE(any_contains(machine("clone-a").remarks, "--label"));
}

TEST(Identity, ShowsNothingItIsMadeOf) {
  const std::string text = machine_json(machine("clone-a")) + machine_text(machine("clone-a"));
  for (const char* secret : {"00112233445566778899aabbccddeeff", "52:54:00:00:00:01", "000000000001"}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
}

// The examples of FIPS 180-2, appendix B: one block and two.
TEST(Sha256, PublishedExamples) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Cpu, ArmCoreNames) {
  EXPECT_EQ(arm_core_name("0x41", "0xd08"), "Cortex-A72");
  EXPECT_NE(arm_core_name("0x99", "0xfff").find("0xfff"), std::string::npos);
}

TEST(Platform, NamesThatAreNone) {
  EXPECT_TRUE(empty_board_name("To Be Filled By O.E.M."));
  EXPECT_TRUE(empty_board_name("Standard PC (i440FX + PIIX, 1996)"));
  EXPECT_FALSE(empty_board_name("ThinkPad X1"));
}

}  // namespace
}  // namespace weighin
