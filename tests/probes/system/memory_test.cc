// Memory that is not what the total says: control groups, huge pages, containers, file caches.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "probes/all_probes.h"
#include "probes/machine/machine_json.h"
#include "probes/machine/machine_text.h"
#include "tests/folder.h"

namespace weighin {
namespace {

constexpr uint64_t gib = uint64_t{1} << 30;

struct Tree : Folder {
  explicit Tree(uint64_t total_kb = 65536000, uint64_t available_kb = 60000000,
                const std::string& more = "") {
    write("proc/meminfo", fmt::format("MemTotal: {} kB\nMemFree: 17129336 kB\nMemAvailable: {} kB\n{}",
                                      total_kb, available_kb, more));
  }
  /// `count` cores of one processor, with one thread each.
  void add_cores(uint32_t count) const {
    std::string cpuinfo;
    for (uint32_t i = 0; i < count; ++i) {
      cpuinfo += fmt::format("processor\t: {}\nCPU implementer\t: 0x41\nCPU part\t: 0xd4f\n\n", i);
      const std::string folder = fmt::format("sys/devices/system/cpu/cpu{}/topology/", i);
      for (const char* file : {"core_cpus", "thread_siblings"})
        write(folder + file, fmt::format("{:x}\n", 1u << i));
      for (const char* file : {"package_cpus", "core_siblings"})
        write(folder + file, fmt::format("{:x}\n", (1u << count) - 1));
      write(folder + "core_id", fmt::format("{}\n", i));
      write(folder + "physical_package_id", "0\n");
    }
    write("proc/cpuinfo", cpuinfo);
    for (const char* file : {"present", "possible", "online"})
      write(fmt::format("sys/devices/system/cpu/{}", file), fmt::format("0-{}\n", count - 1));
  }
  Machine probed() const { return probe_machine(recorded_host(path())); }
};

// A pod whose limit a parent sets, which the container does not see (VictoriaMetrics issue 699, gosigar issue
// 56).
TEST(MemoryLimits, VersionOneOfAParentThatIsNotShown) {
  const Tree tree;
  tree.write("proc/self/cgroup",
             "4:memory:/kubepods/burstable/pod1/c1\n3:cpu,cpuacct:/kubepods/burstable/pod1/c1\n");
  tree.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  tree.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "104857600\n");
  tree.write("sys/fs/cgroup/memory/memory.stat",
             "cache 0\nrss 100000000\nhierarchical_memory_limit 2147483648\ntotal_inactive_file 4857600\n");
  const UsableMemory usable = usable_memory(tree.probed().memory);
  EXPECT_EQ(usable.bytes, 2 * gib - 100000000);
  EXPECT_EQ(usable.limit, "cgroup");
}

TEST(MemoryLimits, VersionTwoOfAGroupBetween) {
  const Tree tree;
  tree.write("proc/self/cgroup", "0::/lab.slice/job.scope/step\n");
  tree.write("sys/fs/cgroup/lab.slice/job.scope/memory.max", fmt::format("{}\n", 3 * gib));
  tree.write("sys/fs/cgroup/lab.slice/job.scope/memory.current", fmt::format("{}\n", gib));
  tree.write("sys/fs/cgroup/lab.slice/job.scope/step/memory.max", "max\n");
  EXPECT_EQ(usable_memory(tree.probed().memory).bytes, 2 * gib);
}

// 512 GiB of 565 are reserved (htop issue 447).
TEST(Memory, HugePagesThatAreReservedAreNoMemoryForPrograms) {
  const Tree tree(
      593026380, 34258672,
      "HugePages_Total: 262144\nHugePages_Free: 262144\nHugepagesize: 2048 kB\nHugetlb: 536870912 kB\n");
  const Machine machine = tree.probed();
  EXPECT_EQ(memory_for_programs(machine.memory), (593026380ull - 536870912ull) * 1024);
  EXPECT_EQ(usable_memory(machine.memory).bytes, 34258672ull * 1024);
  EXPECT_NE(machine_text(machine).find("512.0 GiB, which ordinary programs never get"), std::string::npos);
}

TEST(Memory, HugePagesOfOlderKernelsAreCounted) {
  const Tree tree(16777216, 16000000, "HugePages_Total: 2048\nHugePages_Free: 2048\nHugepagesize: 2048 kB\n");
  const Machine machine = tree.probed();
  EXPECT_EQ(memory_for_programs(machine.memory), 12 * gib);
  EXPECT_EQ(usable_memory(machine.memory).bytes, 12 * gib);  // even where MemAvailable says more
}

TEST(Memory, TheCacheOfZfsIsARemark) {
  const Tree tree;
  tree.write("proc/spl/kstat/zfs/arcstats",
             "9 1 0x01 98 26656 1 2\nname type data\nhits 4 1\nsize 4 33500000000\n");
  const Machine machine = tree.probed();
  EXPECT_NE(machine_text(machine).find("ZFS caches files in 31.2 GiB"), std::string::npos);
}

TEST(Quota, IsRoundedDown) {
  const Tree tree;  // 7.65 cores (lilbee issue 660)
  tree.add_cores(16);
  tree.write("proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n");
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "765000\n");
  EXPECT_EQ(tree.probed().topology.usable_threads.value, 7U);
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  EXPECT_EQ(tree.probed().topology.usable_threads.value, 1U);
}

/// What a tree with one more file is taken for; empty: bare metal.
std::string virtualization(const std::string& file, const std::string& text) {
  const Tree tree;
  tree.write("proc/1/cgroup", "0::/\n");
  tree.write(file, text);
  return tree.probed().platform.virtualization.value.value_or("");
}

TEST(Containers, AreSeenWithVersionTwoOfControlGroups) {
  using namespace std::string_literals;
  EXPECT_EQ(virtualization("etc/hostname", "pi"), "");
  EXPECT_EQ(virtualization("proc/1/environ", "PATH=/bin\0KUBERNETES_SERVICE_HOST=10.0.0.1"s), "kubernetes");
  EXPECT_EQ(virtualization("proc/self/environ", "KUBERNETES_SERVICE_HOST=10.0.0.1\0A=b"s), "kubernetes");
  EXPECT_EQ(virtualization("var/run/secrets/kubernetes.io/serviceaccount/token", "x"), "kubernetes");
  EXPECT_EQ(virtualization("proc/1/environ", "container=lxc\0TERM=linux"s), "lxc");
  EXPECT_EQ(virtualization("proc/1/environ", "containers=2\0"s), "");
  EXPECT_EQ(virtualization("proc/self/cgroup", "4:memory:/docker/abc\n"), "docker");
  EXPECT_EQ(virtualization("proc/mounts", "lxcfs /proc/meminfo fuse.lxcfs rw 0 0\n"), "lxc");
  EXPECT_EQ(virtualization("proc/mounts", "overlay / overlay rw,lowerdir=/a 0 0\n"), "unknown container");
  EXPECT_EQ(virtualization("proc/mounts", "overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0\n"), "");
}

// GH200: one node of processors, and eight for the GPU's memory and its instances (xpu-perf issue 129).
TEST(NumaNodes, WithoutProcessorsHaveNoThreads) {
  const Tree tree;
  tree.add_cores(8);
  for (const char* file : {"possible", "online"})
    tree.write(fmt::format("sys/devices/system/node/{}", file), "0-8\n");
  for (int node = 0; node < 9; ++node) {
    const std::string folder = fmt::format("sys/devices/system/node/node{}/", node);
    tree.write(folder + "cpumap", node == 0 ? "ff\n" : "00\n");
    tree.write(folder + "cpulist", node == 0 ? "0-7\n" : "\n");
    tree.write(folder + "meminfo",
               fmt::format("Node {} MemTotal: {} kB\n", node, node == 0 ? 65536000 : 1024));
  }
  const Topology topology = tree.probed().topology;
  ASSERT_EQ(topology.numa.size(), 9U);
  for (const NumaNode& node : topology.numa) EXPECT_EQ(node.threads, node.node == 0 ? 8U : 0U) << node.node;
  EXPECT_EQ(topology.core_kinds.size(), 1U);
}

// Strix Halo with 512 MiB set apart by the firmware (rocm-systems issue 8475, LocalAI issue 12094).
TEST(UnifiedMemory, IsWhatTheKernelLetsTheGpuMap) {
  const Tree tree(131000000, 120000000);
  const std::string device = "sys/bus/pci/devices/0000:c6:00.0/";
  tree.write(device + "uevent", "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:1586\n");
  tree.write(device + "mem_info_vram_total", "536870912\n");
  tree.write(device + "mem_info_vram_used", "155000000\n");
  tree.write(device + "mem_info_gtt_total", "118111600640\n");
  tree.write(device + "mem_info_gtt_used", "18000000\n");
  const Machine halo = tree.probed();
  ASSERT_EQ(halo.gpus_without_vulkan.size(), 1U);
  EXPECT_EQ(halo.gpus_without_vulkan[0].memory_total_bytes.value, 110 * gib);
  EXPECT_EQ(halo.gpus_without_vulkan[0].memory_free_bytes.value, 118111600640u - 18000000u);

  // A card maps the machine's memory too, and it is not its own. PCI id of a Radeon RX 7900 XTX.
  tree.write(device + "uevent", "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:744c\n");
  EXPECT_EQ(tree.probed().gpus_without_vulkan[0].memory_total_bytes.value, gib / 2);
}

}  // namespace
}  // namespace weighin
