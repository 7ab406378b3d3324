#include "probes/machine/vulkan_device_json.h"

#include <nlohmann/json.hpp>

#include "probes/machine/fact_json.h"
#include "probes/machine/vulkan_device_fields.h"

namespace weighin {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

template <class T>
ordered_json value_json(const T& value) {
  return value;
}

template <class T>
ordered_json value_json(const Fact<T>& fact) {
  return fact_json(fact);
}

ordered_json value_json(const GpuSensors& sensors) {
  return sensors_json(sensors);
}

ordered_json value_json(const std::vector<VulkanHeap>& heaps) {
  ordered_json rows = ordered_json::array();
  for (const VulkanHeap& heap : heaps) {
    rows.push_back({{"bytes", heap.bytes}, {"device_local", heap.device_local}});
    if (heap.free_bytes) rows.back()["free_bytes"] = *heap.free_bytes;
  }
  return rows;
}

template <class T>
void read_value(const json& row, T& value) {
  value = row.get<T>();
}

void read_value(const json& row, Fact<uint64_t>& fact) {
  fact = row.is_object() ? absent<uint64_t>(row.at("absent").get<std::string>(), "")
                         : known(row.get<uint64_t>(), "");
}

void read_value(const json& row, std::vector<VulkanHeap>& heaps) {
  for (const json& heap : row) {
    heaps.push_back({heap.value("bytes", uint64_t{0}), heap.value("device_local", false), std::nullopt});
    if (heap.contains("free_bytes")) heaps.back().free_bytes = heap["free_bytes"].get<uint64_t>();
  }
}

// Sensors are not read back: drivers do not report them.
void read_value(const json&, GpuSensors&) {}

template <class T>
std::string source_of(const T&) {
  return "";
}

template <class T>
std::string source_of(const Fact<T>& fact) {
  return fact.source;
}

}  // namespace

ordered_json vulkan_device_json(const VulkanDevice& device) {
  ordered_json row = ordered_json::object();
  for (const VulkanDeviceField& field : vulkan_device_fields()) {
    const auto add = [&](auto member) {
      row[field.name] = value_json(device.*member);
      if (field.source_name != nullptr) row[field.source_name] = source_of(device.*member);
    };
    std::visit(add, field.member);
  }
  return row;
}

VulkanDevice vulkan_device_from_json(const json& row) {
  const auto& values = row.get_ref<const json::object_t&>();
  VulkanDevice device;
  for (const VulkanDeviceField& field : vulkan_device_fields()) {
    const auto found = values.find(field.name);
    if (field.filled_by != FilledBy::driver || found == values.end()) continue;
    std::visit([&](auto member) { read_value(found->second, device.*member); }, field.member);
  }
  return device;
}

}  // namespace weighin
