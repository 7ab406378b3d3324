#include "harness/cli/load_device.h"

#include <fmt/format.h>

#include <filesystem>

#include "probes/all_probes.h"
#include "probes/devices/name.h"
#include "results/profile/stored_profile.h"

namespace weighin {
namespace {

bool no_store(const Invocation& invocation) {
  std::error_code ignored;
  return !invocation.database.empty() && !std::filesystem::exists(invocation.database, ignored);
}

std::string never_run(const Invocation& invocation) {
  return fmt::format("nothing has been measured yet: there is no {}; run `weighin run` first",
                     invocation.database);
}

/// This machine as it is now, without anything measured.
DeviceProfile unmeasured(const Machine& machine) {
  DeviceProfile profile = measured_profile(capacity_now(machine), {});
  add_published(profile, machine.cpu.name.value.value_or(""), machine.topology.cores.value.value_or(0));
  return profile;
}

/// This machine's capacity now, under the label that its store has for it.
Capacity capacity_of(const Machine& machine, const Device& stored) {
  Capacity capacity = capacity_now(machine);
  if (!stored.label.empty()) capacity.device = stored.label;
  return capacity;
}

}  // namespace

tl::expected<DeviceProfile, std::string> load_device(const std::string& name, const Invocation& invocation) {
  if (!name.empty()) {
    if (no_store(invocation)) return tl::unexpected(never_run(invocation));
    const auto store = Store::open(invocation.database, Access::read);
    if (!store) return tl::unexpected(store.error());
    const auto device = store->find_device(name);
    if (!device) return tl::unexpected(device.error());
    return stored_profile(*store, *device);
  }
  const Machine machine = probe_machine(invocation.host);
  if (no_store(invocation)) return unmeasured(machine);
  const auto store = Store::open(invocation.database, Access::read);
  if (!store) return tl::unexpected(store.error());
  const auto device = store->find_device(machine.id);
  if (!device) return unmeasured(machine);
  return stored_profile(*store, *device, capacity_of(machine, *device));
}

tl::expected<DeviceProfile, std::string> load_any_device(const std::string& name, RunsAs runs_as,
                                                         const Invocation& invocation) {
  auto stored = load_device(name, invocation);
  if (stored || name.empty()) return stored;
  const auto named = find_device(name);
  if (named) return published_profile({*named, runs_as});
  // What is wrong with the database itself is no reason to describe a device.
  if (!no_store(invocation) && !Store::open(invocation.database, Access::read)) return stored;
  return tl::unexpected(stored.error() + "\nNor is it published: " + named.error());
}

tl::expected<LoadedDevice, std::string> load_stored_device(const std::string& name,
                                                           const Invocation& invocation) {
  const auto store = Store::open(invocation.database, Access::read);
  if (!store) return tl::unexpected(store.error());
  std::optional<Machine> machine;
  if (name.empty()) machine = probe_machine(invocation.host);
  const auto device = store->find_device(machine ? machine->id : name);
  if (!device && machine)
    return tl::unexpected(
        fmt::format("this machine is not in {}; run `weighin run` first, or name a device with --device ({})",
                    invocation.database, device.error()));
  if (!device && find_device(name))
    return tl::unexpected(
        fmt::format("{} is a device of the catalogue, on which nothing was measured: `weighin fit --device` "
                    "answers from its "
                    "specs ({})",
                    find_device(name)->device->name, device.error()));
  if (!device) return tl::unexpected(device.error());
  auto run = store->last_run(device->id);
  if (!run) return tl::unexpected(run.error());
  auto profile =
      stored_profile(*store, *device, machine ? capacity_of(*machine, *device) : stored_capacity(*device));
  if (!profile) return tl::unexpected(profile.error());
  return LoadedDevice{*device, std::move(*profile), std::move(*run)};
}

tl::expected<std::vector<DeviceProfile>, std::string> load_measured_devices(const Invocation& invocation) {
  std::vector<DeviceProfile> found;
  if (no_store(invocation)) return found;
  const auto store = Store::open(invocation.database, Access::read);
  if (!store) return tl::unexpected(store.error());
  const auto devices = store->devices();
  if (!devices) return tl::unexpected(devices.error());
  for (const Device& device : *devices)
    if (auto profile = stored_profile(*store, device); profile && profile->any_measured())
      found.push_back(std::move(*profile));
  return found;
}

}  // namespace weighin
