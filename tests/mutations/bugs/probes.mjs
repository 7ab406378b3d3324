// Bugs in probes/: what a machine is (bugs.mjs says what each field means).
export const bugs = [
  {
    sentence: "Swap counts as available memory",
    file: "probes/machine/machine.cc",
    text: "  UsableMemory usable{*memory.available_bytes.value, \"RAM\"};",
    replacement: "  UsableMemory usable{*memory.available_bytes.value + memory.swap_free_bytes.value.value_or(0), \"RAM\"};",
    tests: ["test_probes", "test_results"],
    quick: true,
  },
  {
    sentence: "A container's memory limit is not looked at",
    file: "probes/system/limits.cc",
    text: "  if (!tightest) return;",
    replacement: "  if (tightest) return;",
    tests: ["test_probes"],
  },
  {
    sentence: "The page cache counts as used in a container",
    file: "probes/system/limits.cc",
    text: "  const uint64_t held = usage - std::min(usage, stat_of(host, group, cache_key).value_or(0));",
    replacement: "  const uint64_t held = usage;",
    tests: ["test_probes"],
  },
  {
    sentence: "Of several limits the widest holds",
    file: "probes/machine/machine.cc",
    text: "    if (limit.available_bytes < usable.bytes) usable = {limit.available_bytes, limit.kind};",
    replacement: "    if (limit.available_bytes > usable.bytes) usable = {limit.available_bytes, limit.kind};",
    tests: ["test_probes"],
  },
  {
    sentence: "Hardware threads are counted as cores",
    file: "probes/system/topology.cc",
    text: "  facts.cores = count(topology, HWLOC_OBJ_CORE, \"cores\");",
    replacement: "  facts.cores = count(topology, HWLOC_OBJ_PU, \"cores\");",
    tests: ["test_probes"],
  },
  {
    sentence: "The system keeps no memory for itself",
    file: "probes/devices/budgets.cc",
    text: "    reserve += part / 100 * band.percent;",
    replacement: "    reserve += part / 100 * band.percent / 100;",
    tests: ["test_probes", "test_results"],
  },
  {
    sentence: "A browser tab gets all of the device's memory",
    file: "probes/devices/budgets.cc",
    text: "  if (runs_as == RunsAs::browser_tab) budget = tab_budget(device, budget);",
    replacement: "  if (runs_as == RunsAs::browser_tab) budget = native_budget(device, part, memory_gib);",
    tests: ["test_probes", "test_results"],
  },
];
