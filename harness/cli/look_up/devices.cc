// weighin devices: machines known by what is published of them. Each subcommand is one call to a file of its
// own.
#include "harness/cli/look_up/devices.h"

#include <memory>
#include <vector>

#include "harness/cli/size_option.h"
#include "probes/devices/tier.h"

namespace weighin {

void add_filter(Command list, DeviceFilter& filter) {
  std::vector<std::string> kinds, tiers;
  for (const DeviceKind kind : all_device_kinds()) kinds.emplace_back(device_kind_name(kind));
  for (const DeviceTier tier : {DeviceTier::low, DeviceTier::mid, DeviceTier::high})
    tiers.emplace_back(device_tier_name(tier));
  list.option("--kind", &filter.kind, "Of this kind: phone, laptop_gpu, board").one_of(kinds);
  list.option("--tier", &filter.tier, "Of this tier among its kind: low, mid or high").one_of(tiers);
  list.option("--vendor", &filter.vendor, "Of this vendor: NVIDIA");
  list.option("--min-memory", &filter.min_memory_bytes, "Sold with at least this much memory: 16GiB")
      .in_units(byte_units());
}

void add_devices(Command program, Invocation& invocation) {
  struct Options {
    bool json = false, csv = false;
    std::string name;
    DeviceFilter filter;
  };
  auto options = std::make_shared<Options>();
  const Command devices =
      program.subcommand("devices", "Machines known by what is published of them: phones, GPUs, boards");
  const auto add_forms = [options](Command command) {
    const Option json = command.flag("--json", &options->json, "As JSON");
    command.flag("--csv", &options->csv, "As CSV, one row a device").excludes(json);
  };
  add_forms(devices);
  const Command list =
      devices.subcommand("list", "Every device (what plain `devices` does), or those of some kind");
  add_forms(list);
  add_filter(list, options->filter);
  const Command show = devices.subcommand("show", "What a name stands for, and all that is known of it");
  show.option("NAME", &options->name,
              "As people write it: \"RTX 4070 Laptop (8GB)\", \"2x RTX 3090\", \"pixel 8\"")
      .required();
  show.flag("--json", &options->json, "As JSON");
  add_devices_describe(devices, invocation);
  add_devices_smallest(devices, invocation);
  show.action([options, &invocation] { show_device(invocation, options->name, options->json); });
  const auto list_them = [options] {
    list_devices(options->filter, options->json  ? ListForm::json
                                  : options->csv ? ListForm::csv
                                                 : ListForm::text);
  };
  devices.action(list_them);
  list.action(list_them);
}

}  // namespace weighin
