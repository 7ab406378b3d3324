// The probes over hand-made trees of /proc and /sys (tests/machines/NAME). Each has a file MADE that says
// what it is.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "probes/machine/machine_json.h"
#include "probes/machine/machine_text.h"
#include "tests/probes/recorded_tree.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;
constexpr uint64_t gib = uint64_t{1} << 30;

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
  // 2 GiB are in use; 1 GiB of them is file cache that the kernel would drop.
  EXPECT_EQ(found.memory.limits[0].available_bytes, 3 * gib);
  EXPECT_EQ(usable_memory(found.memory).bytes, 3 * gib);
  EXPECT_EQ(usable_memory(found.memory).limit, "cgroup");
  // A quota of 1.5 CPUs, rounded down.
  EXPECT_EQ(found.topology.usable_threads.value, 1U);
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
  EXPECT_FALSE(found.platform.board.known());  // "Standard PC" is the name of no board
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
  EXPECT_EQ(found.topology.cores.value, 6U);
  EXPECT_EQ(found.topology.threads.value, 8U);
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

}  // namespace
}  // namespace weighin
