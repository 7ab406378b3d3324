#include "harness/cli/look_up/devices_list.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/shared_options.h"
#include "probes/devices/catalogue.h"
#include "probes/devices/tier.h"
#include "results/text/csv_field.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

/// How far the numbers of the usual part can be trusted: RECALLED where one of them was recalled.
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

Command add_devices_list(Command devices, Invocation& invocation) {
  const Command command =
      devices.subcommand("list", "List every device, as plain `devices` does, or those of some kind");
  auto filter = std::make_shared<DeviceFilter>();
  add_device_filter(command, *filter);
  add_json_and_csv(command, invocation, "a device");
  command.action([filter, &invocation] { list_devices(invocation, *filter); });
  return command;
}

void list_devices(const Invocation& invocation, const DeviceFilter& filter) {
  std::vector<const DeviceSpec*> devices;
  for (const DeviceSpec& device : all_devices())
    if (passes(device, filter)) devices.push_back(&device);
  if (invocation.csv) return print_csv(devices);
  if (!invocation.json) return print_lines(devices);
  ordered_json lines = ordered_json::array();
  for (const DeviceSpec* device : devices) lines.push_back(line_json(*device));
  std::puts(ordered_json{{"devices", lines}}.dump(2).c_str());
}

}  // namespace weighin
