#include "probes/gpu/nvml_child.h"

#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace weighin {

namespace {

using nlohmann::json;

// The functions with their structures and constants are from NVIDIA's "NVML API Reference Guide".
using Device = struct OpaqueDevice*;
constexpr int success = 0, not_supported = 3;
constexpr unsigned temperature_of_gpu = 0, clock_of_cores = 1;
constexpr unsigned name_bytes = 96;

struct MemoryInfo {
  unsigned long long total, free, used;
};
struct PciInfo {
  std::array<char, 16> legacy_address;
  unsigned domain, bus, device;
  unsigned device_and_vendor;  // the vendor's id in the lower 16 bits
  unsigned subsystem;
  std::array<char, 32> address;
};

struct Library {
  void* handle = nullptr;

  /// What the function `name` answered; nothing if the library lacks it.
  template <class... Arguments>
  std::optional<int> answer(const char* name, Arguments... arguments) const {
    const auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(handle, name));
    return function == nullptr ? std::nullopt : std::optional(function(arguments...));
  }

  /// Calls the function `name`. False if the library lacks it or if it failed.
  template <class... Arguments>
  bool call(const char* name, Arguments... arguments) const {
    return answer(name, arguments...) == success;
  }
};

/// Adds what the device has of its own: of a card, or of a slice of one.
void describe_memory(const Library& nvml, Device device, json& row) {
  MemoryInfo memory{};
  const auto answer = nvml.answer("nvmlDeviceGetMemoryInfo", device, &memory);
  if (answer == not_supported) row["without_memory"] = true;
  if (answer != success) return;
  row["memory_total_bytes"] = memory.total;
  row["memory_free_bytes"] = memory.free;
}

json describe(const Library& nvml, Device device) {
  json row = json::object();
  std::array<char, name_bytes> name{};
  if (nvml.call("nvmlDeviceGetName", device, name.data(), name_bytes)) row["name"] = name.data();
  PciInfo pci{};
  if (nvml.call("nvmlDeviceGetPciInfo_v3", device, &pci)) {
    std::array<char, 32> address{};
    std::snprintf(address.data(), address.size(), "%04x:%02x:%02x.0", pci.domain, pci.bus, pci.device);
    row["pci"] = address.data();
    row["vendor_id"] = pci.device_and_vendor & 0xffff;
    row["device_id"] = pci.device_and_vendor >> 16;
  }
  describe_memory(nvml, device, row);
  unsigned value = 0;
  if (nvml.call("nvmlDeviceGetTemperature", device, temperature_of_gpu, &value)) row["temperature_c"] = value;
  // NVML reports power in milliwatts.
  if (nvml.call("nvmlDeviceGetPowerUsage", device, &value)) row["power_w"] = value / 1e3;
  if (nvml.call("nvmlDeviceGetEnforcedPowerLimit", device, &value)) row["power_limit_w"] = value / 1e3;
  if (nvml.call("nvmlDeviceGetClockInfo", device, clock_of_cores, &value)) row["clock_mhz"] = value;
  return row;
}

/// The slices of a card that is divided into GPU instances (MIG): each is a GPU of its own to programs, which
/// cannot use the whole card. Empty where it is not divided.
std::vector<json> slices_of(const Library& nvml, Device card, const json& whole) {
  unsigned now = 0, pending = 0, most = 0;
  constexpr unsigned mig_enabled = 1;
  if (!nvml.call("nvmlDeviceGetMigMode", card, &now, &pending) || now != mig_enabled ||
      !nvml.call("nvmlDeviceGetMaxMigDeviceCount", card, &most))
    return {};
  std::vector<json> slices;
  for (unsigned i = 0; i < most; ++i) {
    Device slice = nullptr;
    if (!nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", card, i, &slice)) continue;
    json row = whole;
    for (const char* of_card : {"memory_total_bytes", "memory_free_bytes"}) row.erase(of_card);
    std::array<char, name_bytes> name{};
    if (nvml.call("nvmlDeviceGetName", slice, name.data(), name_bytes)) row["name"] = name.data();
    describe_memory(nvml, slice, row);
    slices.push_back(std::move(row));
  }
  return slices;
}

}  // namespace

std::string nvml_gpus_json() {
  const Library nvml{dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)};
  if (nvml.handle == nullptr) return json{{"absent", "NVML (libnvidia-ml.so.1) is not installed"}}.dump();
  unsigned count = 0;
  if (!nvml.call("nvmlInit_v2") || !nvml.call("nvmlDeviceGetCount_v2", &count))
    return json{{"absent", "NVML could not start: the driver may be of another version"}}.dump();
  json rows = json::array();
  for (unsigned i = 0; i < count; ++i) {
    Device device = nullptr;
    if (nvml.call("nvmlDeviceGetHandleByIndex_v2", i, &device)) {
      json whole = describe(nvml, device);
      std::vector<json> slices = slices_of(nvml, device, whole);
      if (slices.empty()) slices.push_back(std::move(whole));
      for (json& row : slices) rows.push_back(std::move(row));
    }
  }
  return json{{"gpus", rows}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace weighin
