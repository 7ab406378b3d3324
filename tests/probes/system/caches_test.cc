// Caches as hwloc shows them, in topologies that are written here as hwloc's XML.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "probes/system/topology.h"
#include "tests/folder.h"

namespace weighin {
namespace {

constexpr uint64_t mib = uint64_t{1} << 20;

std::string sets(uint64_t threads) {
  return fmt::format(
      R"(cpuset="{0:#x}" complete_cpuset="{0:#x}" nodeset="0x1" complete_nodeset="0x1" gp_index)", threads);
}

/// One processor with `threads` (at most 32) threads, each a core that shows an L3 cache of its own.
Topology with_l3_a_thread(const std::string& vendor, uint32_t threads, uint64_t l3_bytes) {
  const uint64_t all = (uint64_t{1} << threads) - 1;
  std::string xml = fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
<object type="Machine" os_index="0" allowed_cpuset="{2:#x}" allowed_nodeset="0x1" {0}="1">
<object type="Package" os_index="0" {0}="2">
<info name="CPUVendor" value="{1}"/>
<object type="NUMANode" os_index="0" {0}="3" local_memory="1073741824"/>
)",
      sets(all), vendor, all);
  for (uint32_t i = 0; i < threads; ++i)
    xml += fmt::format(
        R"(<object type="L3Cache" {0}="{1}" cache_size="{2}" depth="3" cache_linesize="64" cache_type="0">
<object type="Core" os_index="{3}" {0}="{4}">
<object type="PU" os_index="{3}" {0}="{5}"/>
</object>
</object>
)",
        sets(uint64_t{1} << i), 10 + 3 * i, l3_bytes, i, 11 + 3 * i, 12 + 3 * i);
  const Folder folder;
  const auto found =
      topology_from_xml(folder.write("machine.xml", xml + "</object>\n</object>\n</topology>\n"));
  EXPECT_TRUE(found) << found.error();
  return found.value_or(Topology{});
}

TEST(Caches, ThatAMachineCanHaveAreAsTheyAreShown) {
  const Topology found = with_l3_a_thread("AuthenticAMD", 2, 96 * mib);
  ASSERT_EQ(found.caches.size(), 1U);
  EXPECT_EQ(found.caches[0].count, 2U);
  EXPECT_EQ(found.caches[0].bytes, 96 * mib);
  EXPECT_EQ(found.caches[0].shared_by_threads, 1U);
  EXPECT_EQ(found.last_level_cache_bytes.value, 2 * 96 * mib);
  EXPECT_EQ(found.caches_remark, "");
  // Intel's Xeon 6980P has one cache of this size.
  EXPECT_EQ(with_l3_a_thread("GenuineIntel", 2, 504 * mib).last_level_cache_bytes.value, 2 * 504 * mib);
}

TEST(Caches, ASumOfAMDsIsNoThreadsOwn) {
  const Topology two = with_l3_a_thread("AuthenticAMD", 2, 508 * mib);
  ASSERT_EQ(two.caches.size(), 1U);
  EXPECT_EQ(two.caches[0].level, 3U);
  EXPECT_EQ(two.caches[0].count, 1U);
  EXPECT_EQ(two.caches[0].bytes, 96 * mib);
  EXPECT_EQ(two.caches[0].shared_by_threads, 2U);
  EXPECT_EQ(two.last_level_cache_bytes.value, 96 * mib);
  EXPECT_NE(two.caches_remark.find("508 MiB"), std::string::npos) << two.caches_remark;

  const Topology many = with_l3_a_thread("HygonGenuine", 24, 508 * mib);
  ASSERT_EQ(many.caches.size(), 1U);
  EXPECT_EQ(many.caches[0].count, 2U);
  EXPECT_EQ(many.caches[0].shared_by_threads, 16U);
  EXPECT_EQ(many.last_level_cache_bytes.value, 2 * 96 * mib);
}

}  // namespace
}  // namespace weighin
