#include "results/records/device.h"

#include "probes/machine/machine_json.h"

namespace weighin {

Device device_of(const Machine& machine, const std::string& probed_at) {
  const UsableMemory usable = usable_memory(machine.memory);
  uint64_t limit = 0;
  for (const MemoryLimit& l : machine.memory.limits) limit = limit ? std::min(limit, l.bytes) : l.bytes;
  return {.id = machine.id,
          .label = machine.label,
          .cpu = machine.cpu.name.value.value_or("unknown"),
          .cores = machine.topology.cores.value.value_or(0),
          .threads = machine.topology.usable_threads.value.value_or(0),
          .memory_bytes = memory_for_programs(machine.memory),
          .memory_available_bytes = usable.bytes,
          .memory_limit = usable.limit,
          .memory_limit_bytes = limit,
          .storage_free_bytes = machine.storage.free_bytes.value.value_or(0),
          .probed_at = probed_at,
          .facts_json = machine_json(machine, -1),
          .gpus = machine.vulkan.value};
}

}  // namespace weighin
