// `weighin probe` from outside.
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "probes/host/process.h"

namespace weighin {
namespace {

using nlohmann::json;

ProcessResult weighin(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), WEIGHIN_BINARY);
  auto result = run_process(arguments, std::chrono::seconds(60));
  EXPECT_TRUE(result) << result.error();
  return result ? *result : ProcessResult{};
}

json probed() {
  return json::parse(weighin({"probe", "--json"}).output, nullptr, false);
}

TEST(ProbeCommand, JsonHasEveryPart) {
  const json machine = probed();
  ASSERT_TRUE(machine.is_object());
  for (const char* key : {"id", "label", "platform", "cpu", "topology", "memory", "storage", "vulkan",
                          "gpus_without_vulkan", "remarks", "warnings"}) {
    EXPECT_TRUE(machine.contains(key)) << key;
  }
  EXPECT_EQ(machine["id"].get<std::string>().size(), 16U);
  EXPECT_EQ(machine["id"], probed()["id"]);
  EXPECT_TRUE(machine["memory"]["total_bytes"].is_number());
}

TEST(ProbeCommand, TextExitsWithZero) {
  const ProcessResult result = weighin({"probe"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.output.find("Memory"), std::string::npos);
}

TEST(ProbeCommand, ALabelNamesTheDevice) {
  const json machine = json::parse(weighin({"probe", "--json", "--label", "pi5-07"}).output, nullptr, false);
  EXPECT_EQ(machine.value("label", ""), "pi5-07");
}

// A value of the machine's facts, nowhere the whole text: a host called "linux" would else fail.
TEST(ProbeCommand, NoValueIsAHostNameUserNameOrHomePath) {
  std::array<char, 256> host{};
  ASSERT_EQ(gethostname(host.data(), host.size() - 1), 0);
  const passwd* user = getpwuid(geteuid());
  const char* home = std::getenv("HOME");
  const json flat = probed().flatten();
  for (const auto& [key, value] : flat.items()) {
    if (!value.is_string()) continue;
    const std::string text = value;
    EXPECT_NE(text, host.data()) << key;
    if (user != nullptr) {
      EXPECT_NE(text, user->pw_name) << key;
    }
    if (home != nullptr && std::string(home).size() > 1) {
      EXPECT_EQ(text.find(home), std::string::npos) << key;
    }
  }
}

TEST(ProbeCommand, ASoftwareRasterizerIsMarked) {
  const json vulkan = probed()["vulkan"];
  if (!vulkan.is_array()) GTEST_SKIP() << "no Vulkan here: " << vulkan.dump();
  bool found = false;
  for (const json& device : vulkan) {
    if (device["name"].get<std::string>().find("llvmpipe") == std::string::npos) continue;
    found = true;
    EXPECT_EQ(device["software"], true);
    EXPECT_EQ(device["type"], "cpu");
  }
  if (!found) GTEST_SKIP() << "no llvmpipe among the Vulkan devices";
}

TEST(ProbeCommand, TheChildrenAreNotInTheHelp) {
  const std::string help = weighin({"--help"}).output;
  for (const char* child : {"probe-vulkan", "probe-nvml"})
    EXPECT_EQ(help.find(child), std::string::npos) << child;
}

}  // namespace
}  // namespace weighin
