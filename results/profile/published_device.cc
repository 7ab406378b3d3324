#include "results/profile/published_device.h"

#include <fmt/format.h>

#include "models/text/units.h"

namespace weighin {

Capacity published_capacity(const PublishedDevice& published) {
  const NamedDevice& named = published.named;
  const DeviceSpec& device = *named.device;
  Capacity capacity;
  capacity.device = named.count > 1 ? fmt::format("{} x {}", named.count, device.name) : device.name;
  capacity.now = false;
  const MemoryBudget budget = memory_budget(device, named.part, named.memory_gib, published.runs_as);
  capacity.memory_bytes = static_cast<uint64_t>(budget.gib * bytes_per_gib) * named.count;
  capacity.memory_total_bytes = capacity.memory_bytes;
  const bool own = named.part == DevicePart::gpu && !device.unified;
  capacity.memory_kind = named.memory_gib <= 0 ? LimitKind::unknown : own ? LimitKind::vram : LimitKind::ram;
  capacity.part = named.part;
  capacity.warnings.emplace_back("known by published specs alone: nothing was measured on it");
  capacity.rule =
      fmt::format("{}, run as {}: {}", budget.rule, runs_as_name(published.runs_as), budget.source);
  for (const std::string& assumed : named.assumed) capacity.warnings.push_back("assumed: " + assumed);
  if (!named.recalled.empty())
    capacity.warnings.push_back(fmt::format("recalled, not read again: {}", fmt::join(named.recalled, ", ")));
  return capacity;
}

}  // namespace weighin
