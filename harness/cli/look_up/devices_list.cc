// weighin devices list: the catalogue, or what of it passes a filter.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "harness/cli/look_up/devices.h"
#include "models/text/letters.h"
#include "models/text/units.h"
#include "probes/devices/catalogue.h"
#include "probes/devices/tier.h"
#include "results/text/csv_field.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

double most_memory(const DeviceSpec& device) {
  return device.memory_gib.empty() ? 0
                                   : *std::max_element(device.memory_gib.begin(), device.memory_gib.end());
}

/// How far the numbers of the usual part can be trusted: the least of them.
const char* checked_mark(const DeviceSpec& device) {
  return recalled_numbers(device, device.usual_part).empty() ? "read" : "RECALLED";
}

std::string number_text(const SpecNumber& number, const char* missing) {
  return number.known() ? fmt::format("{:g}", number.value) : missing;
}

ordered_json number_json(const SpecNumber& number) {
  return number.known() ? ordered_json(number.value) : ordered_json(nullptr);
}

void print_lines(const std::vector<const DeviceSpec*>& devices) {
  fmt::print("{:<48} {:<15} {:<4} {:>4} {:<18} {:>7} {:>7} {:>7} {:<3} {}\n", "device", "kind", "tier",
             "year", "GiB", "GB/s", "fp16 TF", "int8 T", "", "numbers");
  for (const DeviceSpec* device : devices) {
    const PartSpec& part = part_of(*device, device->usual_part);
    fmt::print("{:<48} {:<15} {:<4} {:>4} {:<18} {:>7} {:>7} {:>7} {:<3} {}\n", device->name,
               device_kind_name(device->kind), device_tier_name(tier_of(*device)), device->year,
               device->memory_gib.empty() ? "-" : fmt::format("{}", fmt::join(device->memory_gib, "/")),
               number_text(device->bandwidth_gbs, "-"),
               number_text(part.fp16_tflops.known() ? part.fp16_tflops : part.fp32_tflops, "-"),
               number_text(part.int8_tops, "-"), device_part_name(device->usual_part), checked_mark(*device));
  }
  if (devices.empty()) std::puts("no device is of that kind");
}

ordered_json line_json(const DeviceSpec& device) {
  const PartSpec& part = part_of(device, device.usual_part);
  return {{"name", device.name},
          {"aliases", device.aliases},
          {"kind", device_kind_name(device.kind)},
          {"vendor", device.vendor},
          {"chip", device.chip.empty() ? ordered_json(nullptr) : ordered_json(device.chip)},
          {"year", device.year},
          {"tier", device_tier_name(tier_of(device))},
          {"memory_gib", device.memory_gib},
          {"unified", device.unified},
          {"bandwidth_gbs", number_json(device.bandwidth_gbs)},
          {"part", device_part_name(device.usual_part)},
          {"fp16_tflops", number_json(part.fp16_tflops)},
          {"fp32_tflops", number_json(part.fp32_tflops)},
          {"int8_tops", number_json(part.int8_tops)},
          {"matrix_units", part.matrix_units},
          {"recalled", recalled_numbers(device, device.usual_part)}};
}

void print_csv(const std::vector<const DeviceSpec*>& devices) {
  std::puts(
      "device,kind,vendor,chip,year,tier,memory_gib,bandwidth_gbs,part,fp16_tflops,fp32_tflops,int8_tops,"
      "matrix_units,recalled");
  for (const DeviceSpec* device : devices) {
    const PartSpec& part = part_of(*device, device->usual_part);
    fmt::print("{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(device->name),
               device_kind_name(device->kind), csv_field(device->vendor), csv_field(device->chip),
               device->year, device_tier_name(tier_of(*device)), fmt::join(device->memory_gib, " "),
               number_text(device->bandwidth_gbs, ""), device_part_name(device->usual_part),
               number_text(part.fp16_tflops, ""), number_text(part.fp32_tflops, ""),
               number_text(part.int8_tops, ""), part.matrix_units ? 1 : 0,
               fmt::join(recalled_numbers(*device, device->usual_part), " "));
  }
}

}  // namespace

bool passes(const DeviceSpec& device, const DeviceFilter& filter) {
  if (!filter.kind.empty() && filter.kind != device_kind_name(device.kind)) return false;
  if (!filter.tier.empty() && filter.tier != device_tier_name(tier_of(device))) return false;
  if (!filter.vendor.empty() && !same_letters(filter.vendor, device.vendor)) return false;
  return most_memory(device) * bytes_per_gib >= filter.min_memory_bytes;
}

void list_devices(const DeviceFilter& filter, ListForm form) {
  std::vector<const DeviceSpec*> devices;
  for (const DeviceSpec& device : all_devices())
    if (passes(device, filter)) devices.push_back(&device);
  switch (form) {
    case ListForm::text:
      return print_lines(devices);
    case ListForm::csv:
      return print_csv(devices);
    case ListForm::json:
      break;
  }
  ordered_json lines = ordered_json::array();
  for (const DeviceSpec* device : devices) lines.push_back(line_json(*device));
  std::puts(ordered_json{{"devices", lines}}.dump(2).c_str());
}

}  // namespace weighin
