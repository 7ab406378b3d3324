// The parent's side of the Vulkan probe: whatever the child does becomes a list of devices or a reason.
#include "probes/gpu/vulkan.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace weighin {
namespace {

Fact<std::vector<VulkanDevice>> with_child(const tl::expected<ProcessResult, std::string>& result) {
  Host host = recorded_host("/nonexistent");
  host.program = "weighin";
  host.run_process = [&](const std::vector<std::string>&, std::chrono::milliseconds) { return result; };
  Machine machine;
  probe_vulkan(host, machine);
  return machine.vulkan;
}

ProcessResult ended(int exit_code, std::string output) {
  ProcessResult result;
  result.exit_code = exit_code;
  result.output = std::move(output);
  return result;
}

TEST(Vulkan, ACrashIsAReason) {
  ProcessResult result;
  result.signal = SIGSEGV;
  const auto fact = with_child(result);
  EXPECT_FALSE(fact.known());
  EXPECT_NE(fact.reason.find("crashed"), std::string::npos);
}

TEST(Vulkan, AHangIsAReason) {
  ProcessResult result;
  result.timed_out = true;
  EXPECT_NE(with_child(result).reason.find("did not answer"), std::string::npos);
}

TEST(Vulkan, AFailureToStartIsAReason) {
  EXPECT_EQ(with_child(tl::unexpected(std::string("no such file"))).reason, "no such file");
  EXPECT_NE(with_child(ended(7, "")).reason.find("7"), std::string::npos);
}

TEST(Vulkan, NonsenseIsAReason) {
  for (const char* text : {"", "{", "[]", "{\"devices\": 1}", "{\"devices\": []}",
                           "{\"devices\": [{\"name\": 1}]}", "{\"devices\": [1]}", "{\"absent\": 1}"}) {
    const auto fact = with_child(ended(0, text));
    EXPECT_FALSE(fact.known()) << text;
    EXPECT_FALSE(fact.reason.empty()) << text;
  }
  EXPECT_EQ(with_child(ended(0, "{\"absent\": \"no loader\"}")).reason, "no loader");
}

TEST(Vulkan, DevicesAreRead) {
  const auto fact = with_child(ended(0, R"({"devices": [{"name": "A", "type": "discrete", "software": false,
      "unified": false, "heaps": [{"bytes": 8589934592, "device_local": true}]}]})"));
  ASSERT_TRUE(fact.known()) << fact.reason;
  ASSERT_EQ(fact.value->size(), 1U);
  const VulkanDevice& device = fact.value->front();
  EXPECT_EQ(device.type, "discrete");
  ASSERT_EQ(device.heaps.size(), 1U);
  EXPECT_EQ(device.heaps[0].bytes, uint64_t{8} << 30);
  EXPECT_TRUE(device.heaps[0].device_local);
}

}  // namespace
}  // namespace weighin
