// weighin devices: machines known by what is published of them. Each subcommand is one call to a file of its
// own.
#include "harness/cli/look_up/devices.h"

#include <memory>
#include <vector>

#include "harness/cli/size_option.h"
#include "probes/devices/tier.h"

namespace weighin {

void add_filter(CLI::App& list, DeviceFilter& filter) {
  std::vector<std::string> kinds, tiers;
  for (const DeviceKind kind : all_device_kinds()) kinds.emplace_back(device_kind_name(kind));
  for (const DeviceTier tier : {DeviceTier::low, DeviceTier::mid, DeviceTier::high})
    tiers.emplace_back(device_tier_name(tier));
  list.add_option("--kind", filter.kind, "Of this kind: phone, laptop_gpu, board")
      ->check(CLI::IsMember(kinds));
  list.add_option("--tier", filter.tier, "Of this tier among its kind: low, mid or high")
      ->check(CLI::IsMember(tiers));
  list.add_option("--vendor", filter.vendor, "Of this vendor: NVIDIA");
  list.add_option("--min-memory", filter.min_memory_bytes, "Sold with at least this much memory: 16GiB")
      ->transform(as_bytes());
}

void add_devices(CLI::App& app, Invocation& invocation) {
  struct Options {
    bool json = false, csv = false;
    std::string name;
    DeviceFilter filter;
  };
  auto options = std::make_shared<Options>();
  CLI::App* devices =
      app.add_subcommand("devices", "Machines known by what is published of them: phones, GPUs, boards");
  const auto add_forms = [options](CLI::App* command) {
    CLI::Option* json = command->add_flag("--json", options->json, "As JSON");
    command->add_flag("--csv", options->csv, "As CSV, one row a device")->excludes(json);
  };
  add_forms(devices);
  devices->require_subcommand(0, 1);
  CLI::App* list =
      devices->add_subcommand("list", "Every device (what plain `devices` does), or those of some kind");
  add_forms(list);
  add_filter(*list, options->filter);
  CLI::App* show = devices->add_subcommand("show", "What a name stands for, and all that is known of it");
  show->add_option("NAME", options->name,
                   "As people write it: \"RTX 4070 Laptop (8GB)\", \"2x RTX 3090\", \"pixel 8\"")
      ->required();
  show->add_flag("--json", options->json, "As JSON");
  CLI::App* describe = add_devices_describe(*devices, invocation);
  CLI::App* smallest = add_devices_smallest(*devices, invocation);
  devices->callback([options, show, describe, smallest, &invocation] {
    if (show->parsed()) return show_device(invocation, options->name, options->json);
    if (describe->parsed() || smallest->parsed()) return;
    list_devices(options->filter, options->json  ? ListForm::json
                                  : options->csv ? ListForm::csv
                                                 : ListForm::text);
  });
}

}  // namespace weighin
