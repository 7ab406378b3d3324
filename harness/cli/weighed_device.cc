#include "harness/cli/weighed_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "probes/all_probes.h"

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

}  // namespace

bool any_measured(const std::vector<Measurement>& measurements) {
  return std::any_of(measurements.begin(), measurements.end(),
                     [](const Measurement& m) { return m.status == Status::measured; });
}

tl::expected<WeighedDevice, std::string> weighed_device(const std::string& name,
                                                        const Invocation& invocation) {
  WeighedDevice weighed;
  std::string id;
  if (name.empty()) {
    const Machine machine = probe_machine(invocation.host);
    weighed.capacity = capacity_of(machine);
    id = machine.id;
    if (no_store(invocation)) return weighed;
  } else if (no_store(invocation)) {
    return tl::unexpected(never_run(invocation));
  }
  auto store = Store::open(invocation.database, Access::read);
  if (!store) return tl::unexpected(store.error());
  if (name.empty()) {
    if (const auto stored = store->find_device(id); stored && !stored->label.empty())
      weighed.capacity.device = stored->label;
  } else {
    const auto device = store->find_device(name);
    if (!device) return tl::unexpected(device.error());
    weighed.capacity = capacity_of(*device);
    id = device->id;
  }
  auto measurements = store->measurements(id);
  if (!measurements) return tl::unexpected(measurements.error());
  weighed.measurements = std::move(*measurements);
  use_allocated(weighed.capacity, weighed.measurements);
  warn_of_unmeasured_gpus(weighed.capacity, weighed.measurements);
  auto verified = store->verifications(id);
  if (!verified) return tl::unexpected(verified.error());
  weighed.verified = std::move(*verified);
  return weighed;
}

tl::expected<WeighedDevice, std::string> measured_device(const std::string& name,
                                                         const Invocation& invocation) {
  if (no_store(invocation)) return tl::unexpected(never_run(invocation));
  auto weighed = weighed_device(name, invocation);
  if (weighed && !any_measured(weighed->measurements))
    return tl::unexpected(
        fmt::format("there are no measurements of {}; run `weighin run` first", weighed->capacity.device));
  return weighed;
}

std::vector<WeighedDevice> measured_devices(const Invocation& invocation) {
  std::vector<WeighedDevice> found;
  if (no_store(invocation)) return found;
  const auto store = Store::open(invocation.database, Access::read);
  const auto devices = store ? store->devices() : tl::expected<std::vector<Device>, std::string>{};
  if (!devices) return found;
  for (const Device& device : *devices)
    if (auto weighed = measured_device(device.id, invocation)) found.push_back(std::move(*weighed));
  return found;
}

}  // namespace weighin
