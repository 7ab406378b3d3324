// Kinds of cores, from small trees with the values of real machines; each names where they were published.
#include "probes/system/core_kinds.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "probes/all_probes.h"
#include "probes/system/arm_cores.h"
#include "tests/folder.h"

namespace weighin {
namespace {

std::string cpu(uint32_t thread) {
  return fmt::format("sys/devices/system/cpu/cpu{}/", thread);
}

/// A machine of cores with one thread each.
struct Tree : Folder {
  std::vector<CoreThreads> cores;
  std::string cpuinfo;

  void add_core(uint32_t implementer, uint32_t part, double capacity, double mhz) {
    const auto thread = static_cast<uint32_t>(cores.size());
    cores.push_back({.threads = {thread}, .has_l3 = true, .type = ""});
    if (part)
      cpuinfo += fmt::format("processor\t: {}\nCPU implementer\t: {:#04x}\nCPU part\t: {:#05x}\n\n", thread,
                             implementer, part);
    if (capacity > 0) write(cpu(thread) + "cpu_capacity", fmt::format("{:.0f}\n", capacity));
    if (mhz > 0) write(cpu(thread) + "cpufreq/cpuinfo_max_freq", fmt::format("{:.0f}\n", mhz * 1000));
  }
  std::vector<CoreKind> kinds() const {
    write("proc/cpuinfo", cpuinfo);
    return core_kinds(recorded_host(path()), cores);
  }
  /// "performance 4 of 8, efficiency 2 of 2": cores and threads of each kind.
  std::string text() const {
    std::string all;
    for (const CoreKind& kind : kinds())
      all += fmt::format("{}{} {} of {}", all.empty() ? "" : ", ", kind.kind, kind.cores, kind.threads);
    return all;
  }
};

// NVIDIA GB10: ten Cortex-A725 and ten Cortex-X925 in two clusters of each, with four capacities
// (open-mpi/hwloc issue 766, ThreadPinning.jl issue 109).
TEST(CoreKinds, TwoMicroarchitecturesInFourSteps) {
  Tree tree;
  for (int i = 0; i < 5; ++i) tree.add_core(0x41, 0xd87, 718, 2808);
  for (int i = 0; i < 5; ++i) tree.add_core(0x41, 0xd85, 997, 3900);
  for (int i = 0; i < 5; ++i) tree.add_core(0x41, 0xd87, 731, 2860);
  for (int i = 0; i < 5; ++i) tree.add_core(0x41, 0xd85, i < 4 ? 1017 : 1024, i < 4 ? 3978 : 4004);
  EXPECT_EQ(tree.text(), "performance 10 of 10, efficiency 10 of 10");
  EXPECT_EQ(tree.kinds()[0].max_mhz.value, 4004.0);
  EXPECT_EQ(tree.kinds()[1].max_mhz.value, 2860.0);
}

// Favoured cores of a Threadripper PRO 7975WX (open-mpi/hwloc issue 690).
TEST(CoreKinds, FavouredCoresAreNoKind) {
  Tree tree;
  for (const double mhz : {5352, 5352, 5837, 6321, 6001, 6161, 6482, 6642, 5677, 5517, 5352})
    tree.add_core(0, 0, 0, mhz);
  EXPECT_EQ(tree.text(), "core 11 of 11");
  EXPECT_EQ(tree.kinds()[0].max_mhz.value, 6642.0);
}

// Ryzen AI 9 HX 370: four Zen 5 to 5.1 GHz, eight Zen 5c to 3.3 GHz (AMD's specifications).
TEST(CoreKinds, AStepInFrequencyIsAKind) {
  Tree tree;
  for (int i = 0; i < 12; ++i) tree.add_core(0, 0, 0, i < 4 ? 5100 : 3300);
  EXPECT_EQ(tree.text(), "performance 4 of 4, efficiency 8 of 8");
}

// Core Ultra 7 255H: Linux has a list of its own for the low-power cores (intel/perfmon issue 220).
TEST(CoreKinds, LowPowerCoresOfArrowLake) {
  Tree tree;
  for (int i = 0; i < 16; ++i) tree.add_core(0, 0, 0, 0);
  tree.write("sys/devices/cpu_core/cpus", "0-5\n");
  tree.write("sys/devices/cpu_atom/cpus", "6-13\n");
  tree.write("sys/devices/cpu_lowpower/cpus", "14-15\n");
  EXPECT_EQ(tree.text(), "performance 6 of 6, efficiency 8 of 8, low-power efficiency 2 of 2");
}

// Meteor Lake's low-power cores are in the list of the others, without their L3 cache.
TEST(CoreKinds, LowPowerCoresHaveNoL3) {
  Tree tree;
  for (int i = 0; i < 16; ++i) tree.add_core(0, 0, 0, 0);
  tree.cores[14].has_l3 = tree.cores[15].has_l3 = false;
  tree.write("sys/devices/cpu_core/cpus", "0-5\n");
  tree.write("sys/devices/cpu_atom/cpus", "6-15\n");
  EXPECT_EQ(tree.text(), "performance 6 of 6, efficiency 8 of 8, low-power efficiency 2 of 2");
}

// Lunar Lake's four efficiency cores are alike: none has the L3 cache.
TEST(CoreKinds, EfficiencyCoresThatAreAlikeAreOneKind) {
  Tree tree;
  for (int i = 0; i < 8; ++i) tree.add_core(0, 0, 0, 0);
  for (int i = 4; i < 8; ++i) tree.cores[static_cast<size_t>(i)].has_l3 = false;
  tree.write("sys/devices/cpu_core/cpus", "0-3\n");
  tree.write("sys/devices/cpu_atom/cpus", "4-7\n");
  EXPECT_EQ(tree.text(), "performance 4 of 4, efficiency 4 of 4");
}

// Dimensity 9300: four Cortex-A720 and four Cortex-X4 (cpufetch issue 288); no capacity can be read.
TEST(CoreKinds, DesignsAreOrderedBySizeWhereNothingElseIsKnown) {
  Tree tree;
  for (int i = 0; i < 8; ++i) tree.add_core(0x41, i < 4 ? 0xd81 : 0xd82, 0, 0);
  EXPECT_EQ(tree.text(), "performance 4 of 4, efficiency 4 of 4");
  tree.write("proc/meminfo", "MemTotal: 1024 kB\n");
  EXPECT_EQ(probe_machine(recorded_host(tree.path())).cpu.name.value, "Cortex-A720 + Cortex-X4");
}

// Kirin 980: two Cortex-A76 to 2.6 GHz, two to 1.92 GHz, four Cortex-A55 (HiSilicon's specifications).
TEST(CoreKinds, OneDesignAtTwoSpeedsIsTwoKinds) {
  Tree tree;
  for (int i = 0; i < 4; ++i) tree.add_core(0x41, 0xd05, 250, 1800);
  for (int i = 0; i < 2; ++i) tree.add_core(0x48, 0xd40, 756, 1920);
  for (int i = 0; i < 2; ++i) tree.add_core(0x48, 0xd40, 1024, 2600);
  EXPECT_EQ(tree.text(), "performance 2 of 2, middle 2 of 2, efficiency 4 of 4");
}

// Neoverse V2 of a Grace: all alike, whatever capacity the firmware gives each.
TEST(CoreKinds, AServerHasOneKind) {
  Tree tree;
  for (int i = 0; i < 8; ++i) tree.add_core(0x41, 0xd4f, 1010 + i, 3400 + 3 * i);
  EXPECT_EQ(tree.text(), "core 8 of 8");
}

TEST(CoreKinds, DamagedListsNameNothing) {
  Tree tree;
  for (int i = 0; i < 4; ++i) tree.add_core(0, 0, 0, 0);
  for (const char* list : {"0-1,", "x", "3-1", "0-99999999999", "-", "0-"}) {
    tree.write("sys/devices/cpu_core/cpus", list);
    tree.write("sys/devices/cpu_atom/cpus", list);
    uint32_t threads = 0;
    for (const CoreKind& kind : tree.kinds()) threads += kind.threads;
    EXPECT_EQ(threads, 4U) << list;
  }
  EXPECT_TRUE(core_kinds(recorded_host(tree.path()), {}).empty());
}

/// What a machine is called whose cores have these numbers.
std::string name_of(const std::vector<ArmId>& ids, const std::string& model_name = "") {
  const Folder folder;
  std::string cpuinfo;
  for (size_t i = 0; i < ids.size(); ++i) {
    cpuinfo += fmt::format("processor\t: {}\n", i);
    if (!model_name.empty()) cpuinfo += fmt::format("model name\t: {}\n", model_name);
    cpuinfo +=
        fmt::format("CPU implementer\t: {:#04x}\nCPU part\t: {:#05x}\n\n", ids[i].implementer, ids[i].part);
  }
  folder.write("proc/cpuinfo", cpuinfo);
  return probe_machine(recorded_host(folder.path())).cpu.name.value.value_or("not known");
}

TEST(ArmCores, ProcessorsAreNamedByTheirCores) {
  // Jetson TX2 (arm-socs-table issue 25): Linux writes the same "model name" for both designs.
  EXPECT_EQ(name_of({{0x41, 0xd07}, {0x4e, 3}, {0x4e, 3}}, "ARMv8 Processor rev 0 (v8l)"),
            "Cortex-A57 + Denver 2");
  EXPECT_EQ(name_of({{0x41, 0xd42}}), "Cortex-A78AE");  // Jetson Orin (cpufetch issue 275)
  EXPECT_EQ(name_of({{0x41, 0xd4b}, {0x41, 0xd4c}}),
            "Cortex-A78C + Cortex-X1C");  // 8cx Gen 3 (cpufetch issue 319)
  EXPECT_EQ(name_of({{0x51, 1}}), "Oryon");
  EXPECT_EQ(name_of({{0x51, 2}}), "Oryon");  // pytorch/cpuinfo issue 356
  EXPECT_EQ(name_of({{0xc0, 0xac3}}), "AmpereOne");
  EXPECT_EQ(name_of({{0x6d, 0xd49}}), "Azure Cobalt 100 (Neoverse-N2)");
  EXPECT_EQ(name_of({{0x41, 0xd8c}, {0x41, 0xd90}, {0x41, 0xd8b}}), "C1-Ultra + C1-Premium + C1-Pro");
  EXPECT_EQ(name_of({{0x4e, 4}}), "Carmel");
  EXPECT_EQ(name_of({{0x61, 0x022}, {0x61, 0x023}}), "Apple M1 Icestorm + Apple M1 Firestorm");
  EXPECT_EQ(name_of({{0x51, 0x7ff}}), "Qualcomm core 0x7ff");
}

TEST(ArmCores, ARegisterTellsWhatCpuinfoDoesNot) {
  const Folder folder;
  folder.write("sys/devices/system/cpu/cpu0/regs/identification/midr_el1", "0x00000000410fd840\n");
  EXPECT_EQ(probe_machine(recorded_host(folder.path())).cpu.name.value, "Neoverse-V3");
}

TEST(ArmCores, OtherArchitecturesNameThemselvesDifferently) {
  const Folder folder;
  // VisionFive 2, as Linux 6.6 writes it.
  folder.write("proc/cpuinfo",
               "processor\t: 0\nhart\t\t: 1\nisa\t\t: rv64imafdc_zba_zbb\nuarch\t\t: sifive,u74-mc\n");
  EXPECT_EQ(probe_machine(recorded_host(folder.path())).cpu.name.value, "sifive,u74-mc");
}

}  // namespace
}  // namespace weighin
