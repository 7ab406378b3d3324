// The probes on the machine that runs the tests, and on hwloc's recorded machines if they were fetched.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "probes/all_probes.h"
#include "probes/machine/machine.h"
#include "probes/system/storage.h"
#include "probes/system/topology.h"
#include "tests/folder.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

TEST(Live, ThisMachineHasMemoryAndThreads) {
  Host host = this_host();
  host.program.clear();  // the test program cannot be run as the Vulkan child
  const Machine machine = probe_machine(host);
  ASSERT_TRUE(machine.memory.total_bytes.known()) << machine.memory.total_bytes.reason;
  ASSERT_TRUE(machine.topology.usable_threads.known());
  EXPECT_GE(*machine.topology.usable_threads.value, 1U);
  EXPECT_LE(*machine.topology.usable_threads.value, sysconf(_SC_NPROCESSORS_CONF));
  EXPECT_LE(usable_memory(machine.memory).bytes, *machine.memory.total_bytes.value);
  EXPECT_TRUE(machine.storage.free_bytes.known());
  EXPECT_EQ(machine.id, probe_machine(host).id);
}

TEST(Live, MeasuringStorageLeavesNothingBehind) {
  const Folder folder;
  const auto rate = measure_storage(folder.path());
  EXPECT_TRUE(fs::is_empty(folder.path()));
  if (!rate.known()) GTEST_SKIP() << rate.reason;
  EXPECT_GT(*rate.value, 0);
}

TEST(Live, MeasuringStorageWhereNothingCanBeWrittenHasAReason) {
  const auto rate = measure_storage("/proc");
  EXPECT_FALSE(rate.known());
  EXPECT_FALSE(rate.reason.empty());
}

fs::path recorded_machines() {
  const char* folder = std::getenv("WEIGHIN_RECORDED_MACHINES");
  return folder != nullptr ? fs::path(folder) : fs::path(WEIGHIN_SOURCE_DIR) / "build/recorded-machines";
}

void expect_whole(const Topology& topology, const fs::path& from) {
  ASSERT_TRUE(topology.threads.known()) << from << ": " << topology.threads.reason;
  uint32_t of_kinds = 0;
  for (const CoreKind& kind : topology.core_kinds) of_kinds += kind.threads;
  EXPECT_EQ(of_kinds, *topology.threads.value) << from;
  if (topology.cores.known()) {
    EXPECT_LE(*topology.cores.value, *topology.threads.value) << from;
  }
  for (const Cache& cache : topology.caches) {
    EXPECT_GE(cache.count, 1U) << from;
    EXPECT_LE(cache.shared_by_threads, *topology.threads.value) << from;
  }
}

TEST(HwlocsRecordedMachines, Trees) {
  const fs::path folder = recorded_machines() / "linux";
  if (!fs::exists(folder)) GTEST_SKIP() << "run scripts/fetch-recorded-machines first";
  int machines = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    Machine machine;
    probe_topology(recorded_host(entry.path()), machine);
    expect_whole(machine.topology, entry.path().filename());
    ++machines;
  }
  EXPECT_GE(machines, 20);
}

TEST(HwlocsRecordedMachines, Xml) {
  const fs::path folder = recorded_machines() / "xml";
  if (!fs::exists(folder)) GTEST_SKIP() << "run scripts/fetch-recorded-machines first";
  int machines = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto topology = topology_from_xml(entry.path());
    if (!topology) continue;  // some of the files are broken on purpose
    expect_whole(*topology, entry.path().filename());
    ++machines;
  }
  EXPECT_GE(machines, 20);
}

TEST(HwlocsRecordedMachines, AMissingXmlIsAnError) {
  EXPECT_FALSE(topology_from_xml("/nonexistent.xml"));
}

}  // namespace
}  // namespace weighin
