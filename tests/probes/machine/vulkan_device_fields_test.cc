// The field list of VulkanDevice: every field has a name, and survives the child's JSON.
#include "probes/machine/vulkan_device_fields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "probes/machine/vulkan_device_json.h"

namespace weighin {
namespace {

/// Sets a value that is the default of no field.
void set(std::string& text, int n) {
  text = "text " + std::to_string(n);
}
void set(bool& flag, int) {
  flag = true;
}
template <std::unsigned_integral Number>
void set(Number& number, int n) {
  number = static_cast<Number>(1000 + n);
}
void set(Fact<uint64_t>& fact, int n) {
  fact = known(uint64_t{1000} + n, "a test");
}
void set(std::vector<std::string>& texts, int n) {
  texts = {"one", std::to_string(n)};
}
void set(std::vector<VulkanHeap>& heaps, int) {
  heaps = {{.bytes = 8, .device_local = true, .free_bytes = 7},
           {.bytes = 16, .device_local = false, .free_bytes = std::nullopt}};
}
void set(GpuSensors& sensors, int) {
  sensors.power_w = known(31.0, "a test");
}

VulkanDevice filled() {
  VulkanDevice device;
  int n = 0;
  for (const VulkanDeviceField& field : vulkan_device_fields())
    std::visit([&](auto member) { set(device.*member, ++n); }, field.member);
  return device;
}

TEST(VulkanDeviceFields, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const VulkanDeviceField& field : vulkan_device_fields())
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
}

TEST(VulkanDeviceFields, WhatADriverFillsComesBackFromTheChildsJson) {
  const VulkanDevice device = filled();
  const auto text = vulkan_device_json(device).dump();
  const VulkanDevice read = vulkan_device_from_json(nlohmann::json::parse(text));
  const auto again = vulkan_device_json(read), before = vulkan_device_json(device);
  for (const VulkanDeviceField& field : vulkan_device_fields())
    EXPECT_EQ(again[field.name] == before[field.name], field.filled_by == FilledBy::driver) << field.name;
}

TEST(VulkanDeviceFields, AnAbsentFactComesBackWithItsReason) {
  VulkanDevice device;
  device.memory_free_bytes = absent<uint64_t>("the driver does not say", "an extension");
  const auto row = nlohmann::json::parse(vulkan_device_json(device).dump());
  EXPECT_EQ(row["memory_free_source"], "an extension");
  const VulkanDevice read = vulkan_device_from_json(row);
  EXPECT_FALSE(read.memory_free_bytes.known());
  EXPECT_EQ(read.memory_free_bytes.reason, "the driver does not say");
}

TEST(VulkanDeviceFields, AWrongTypeIsAnError) {
  for (const char* text : {"1", "[]", R"({"name": 1})", R"({"unified": "yes"})", R"({"heaps": 1})"})
    EXPECT_THROW(vulkan_device_from_json(nlohmann::json::parse(text)), nlohmann::json::exception) << text;
}

}  // namespace
}  // namespace weighin
