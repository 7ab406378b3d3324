// Where threads go on machines that are described here.
#include "kernels/threads/thread_topology.h"

#include <gtest/gtest.h>

#include <string>

namespace weighin {
namespace {

std::string core(int index, const std::vector<int>& cpus) {
  std::string text;
  unsigned mask = 0;
  for (const int cpu : cpus) mask |= 1U << cpu;
  const auto hex = [](unsigned bits) {
    char digits[16];
    std::snprintf(digits, sizeof digits, "0x%08x", bits);
    return std::string(digits);
  };
  const auto sets = [&](unsigned bits) {
    return " cpuset=\"" + hex(bits) + "\" complete_cpuset=\"" + hex(bits) +
           "\" nodeset=\"0x1\" complete_nodeset=\"0x1\"";
  };
  static int id = 100;
  text += "<object type=\"Core\" os_index=\"" + std::to_string(index) + "\"" + sets(mask) + " gp_index=\"" +
          std::to_string(id++) + "\">";
  for (const int cpu : cpus)
    text += "<object type=\"PU\" os_index=\"" + std::to_string(cpu) + "\"" + sets(1U << cpu) +
            " gp_index=\"" + std::to_string(id++) + "\"/>";
  return text + "</object>";
}

/// Two efficiency cores (0, 1), then two performance cores with two threads each (2 and 4, 3 and 5), as hwloc
/// 2.4 and later write them.
std::string hybrid() {
  const std::string all = " cpuset=\"0x0000003f\" complete_cpuset=\"0x0000003f\"";
  const std::string node = " nodeset=\"0x1\" complete_nodeset=\"0x1\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
         "<topology version=\"2.0\"><object type=\"Machine\" os_index=\"0\"" +
         all + " allowed_cpuset=\"0x0000003f\"" + node +
         " allowed_nodeset=\"0x1\" gp_index=\"1\"><object type=\"NUMANode\" os_index=\"0\"" + all + node +
         " gp_index=\"2\" local_memory=\"1073741824\"/>" + core(0, {0}) + core(1, {1}) + core(2, {2, 4}) +
         core(3, {3, 5}) +
         "</object>"
         "<cpukind cpuset=\"0x00000003\" forced_efficiency=\"0\"/>"
         "<cpukind cpuset=\"0x0000003c\" forced_efficiency=\"1\"/></topology>";
}

bool any(int) {
  return true;
}

std::vector<int> cpus(const std::vector<Processor>& processors) {
  std::vector<int> numbers;
  for (const Processor& p : processors) numbers.push_back(p.cpu);
  return numbers;
}

TEST(ThreadTopology, FastCoresComeFirstAndSecondThreadsLast) {
  const auto order = processors_of_xml(hybrid(), any);
  ASSERT_TRUE(order) << order.error();
  EXPECT_EQ(cpus(*order), (std::vector<int>{2, 3, 0, 1, 4, 5}));
}

TEST(ThreadTopology, OnlyCoresOfOneKindWithAsManyThreadsAreAlike) {
  const auto order = processors_of_xml(hybrid(), any);
  ASSERT_TRUE(order) << order.error();
  EXPECT_TRUE(alike(*order, 1));
  EXPECT_TRUE(alike(*order, 2));
  for (const uint32_t team : {3U, 4U, 5U, 6U}) EXPECT_FALSE(alike(*order, team)) << team;
}

TEST(ThreadTopology, WhatIsNotAllowedIsLeftOut) {
  const auto order = processors_of_xml(hybrid(), [](int cpu) { return cpu >= 2; });
  ASSERT_TRUE(order) << order.error();
  EXPECT_EQ(cpus(*order), (std::vector<int>{2, 3, 4, 5}));
  EXPECT_FALSE(alike(*order, 3));  // one core has two threads of the team, and another has one
  EXPECT_TRUE(alike(*order, 4));
}

TEST(ThreadTopology, TextThatIsNoTopologyIsRefused) {
  const auto order = processors_of_xml("<topology", any);
  ASSERT_FALSE(order);
  EXPECT_NE(order.error().find("hwloc could not read"), std::string::npos);
}

TEST(ThreadTopology, ThisMachineHasAProcessorAtLeast) {
  EXPECT_FALSE(processors_here(any).empty());
  EXPECT_EQ(cpus(processors_here([](int cpu) { return cpu == 0; })), std::vector<int>{0});
}

}  // namespace
}  // namespace weighin
