#include "probes/machine/machine_text.h"

#include <fmt/format.h>

#include <iterator>

#include "models/text/units.h"

namespace weighin {

namespace {

class Lines {
 public:
  void section(const std::string& title) { fmt::format_to(std::back_inserter(text_), "\n{}\n", title); }
  void add(const std::string& name, const std::string& value) {
    fmt::format_to(std::back_inserter(text_), "  {:<22} {}\n", name, value);
  }
  template <class T, class Show>
  void fact(const std::string& name, const Fact<T>& fact, Show show) {
    add(name, fact.known() ? show(*fact.value)
                           : "not known: " + (fact.reason.empty() ? std::string("not probed") : fact.reason));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string size_text(uint64_t bytes) {
  if (bytes >= 1_gib) return fmt::format("{:.1f} GiB", in_gib(bytes));
  if (bytes >= 1_mib) return fmt::format("{:.4g} MiB", in_mib(bytes));
  return fmt::format("{:.4g} KiB", static_cast<double>(bytes) / 1024);
}

std::string same(const std::string& text) {
  return text;
}
std::string number(uint64_t value) {
  return std::to_string(value);
}
std::string mhz(double value) {
  return fmt::format("{:.0f} MHz", value);
}

void add_cpu(Lines& lines, const Cpu& cpu) {
  lines.section("Processor");
  lines.fact("name", cpu.name, same);
  lines.add("architecture", cpu.architecture);
  lines.fact("features", cpu.simd, [](const Simd& simd) {
    const auto names = simd.names();
    return names.empty() ? std::string("none that matters here") : fmt::format("{}", fmt::join(names, " "));
  });
  lines.fact("governor", cpu.governor, same);
  lines.fact("frequency now", cpu.mhz, mhz);
  lines.fact("highest frequency", cpu.max_mhz, mhz);
}

void add_topology(Lines& lines, const Topology& topology) {
  lines.section("Cores and caches");
  lines.fact("sockets", topology.sockets, number);
  lines.fact("cores", topology.cores, number);
  lines.fact("threads", topology.threads, number);
  lines.fact("threads usable here", topology.usable_threads, number);
  for (const CoreKind& kind : topology.core_kinds) {
    const std::string top = kind.max_mhz.known() ? ", up to " + mhz(*kind.max_mhz.value) : "";
    lines.add((kind.kind == "core" ? "all" : kind.kind) + " cores",
              fmt::format("{}, {} threads{}", kind.cores, kind.threads, top));
  }
  for (const Cache& cache : topology.caches) {
    lines.add(fmt::format("L{} {}", cache.level, cache.type),
              fmt::format("{} x {}, each shared by {} thread{}", cache.count, size_text(cache.bytes),
                          cache.shared_by_threads, cache.shared_by_threads == 1 ? "" : "s"));
  }
  lines.fact("last-level cache", topology.last_level_cache_bytes, size_text);
  for (const NumaNode& node : topology.numa) {
    lines.add(fmt::format("NUMA node {}", node.node),
              fmt::format("{}, {} threads", size_text(node.bytes), node.threads));
  }
}

void add_memory(Lines& lines, const Memory& memory) {
  lines.section("Memory");
  lines.fact("total", memory.total_bytes, size_text);
  lines.fact("available now", memory.available_bytes, size_text);
  for (const MemoryLimit& limit : memory.limits) {
    lines.add("limit " + limit.kind, fmt::format("{}, {} left ({})", size_text(limit.bytes),
                                                 size_text(limit.available_bytes), limit.source));
  }
  if (memory.limits.empty()) lines.add("limit", "none set by cgroup or ulimit");
  const UsableMemory usable = usable_memory(memory);
  lines.add("usable", fmt::format("{} ({} binds)", size_text(usable.bytes), usable.limit));
  if (memory.swap_total_bytes.value == uint64_t{0}) {
    lines.add("swap", "none");
  } else {
    lines.fact("swap", memory.swap_total_bytes, size_text);
    lines.fact("swap free", memory.swap_free_bytes, size_text);
  }
  lines.fact("transparent huge pages", memory.transparent_huge_pages, same);
  lines.fact("huge page", memory.huge_page_bytes, size_text);
  lines.fact("huge pages free", memory.huge_pages_free, number);
  if (memory.huge_pages_reserved_bytes.value.value_or(0) > 0)
    lines.add("huge pages reserved",
              size_text(*memory.huge_pages_reserved_bytes.value) + ", which ordinary programs never get");
}

void add_storage(Lines& lines, const Storage& storage) {
  lines.section("Storage (" + storage.where + ")");
  lines.fact("file system", storage.filesystem, same);
  lines.fact("total", storage.total_bytes, size_text);
  lines.fact("free", storage.free_bytes, size_text);
  lines.fact("read speed", storage.read_bytes_per_s,
             [](double rate) { return fmt::format("{:.2g} GB/s", in_gb(rate)); });
}

/// "fp16, int8 dot products, cooperative matrices; subgroups of 32".
std::string arithmetic_text(const VulkanDevice& device) {
  std::string text = "fp32";
  if (device.float16) text += ", fp16";
  if (device.integer_dot)
    text += device.integer_dot_accelerated ? ", int8 dot products"
                                           : ", int8 dot products (not by one instruction)";
  if (device.cooperative_matrix) text += ", cooperative matrices";
  return fmt::format("{}; subgroups of {}", text, device.subgroup_size);
}

/// "8.0 GiB, 7.2 GiB free".
std::string memory_text(const Fact<uint64_t>& total, const Fact<uint64_t>& free) {
  const std::string all = total.known() ? size_text(*total.value) : "memory not known: " + total.reason;
  return all + ", " + (free.known() ? size_text(*free.value) + " free" : "free not known: " + free.reason);
}

/// ", 54 C, 31 W (limit 220 W)"; empty if no sensor is known.
std::string sensors_text(const GpuSensors& sensors) {
  std::string text;
  if (sensors.temperature_c.known()) text += fmt::format(", {:.0f} C", *sensors.temperature_c.value);
  if (sensors.power_w.known()) text += fmt::format(", {:.0f} W", *sensors.power_w.value);
  if (sensors.power_limit_w.known()) text += fmt::format(" (limit {:.0f} W)", *sensors.power_limit_w.value);
  return text;
}

/// Adds two or three lines for each GPU.
void add_gpus(Lines& lines, const Machine& machine) {
  lines.section("GPUs");
  if (!machine.vulkan.known())
    lines.fact("Vulkan", machine.vulkan, [](const auto&) { return std::string(); });
  for (const VulkanDevice& device : machine.vulkan.value.value_or(std::vector<VulkanDevice>{})) {
    const std::string kind = device.software ? "software on the CPU, not a GPU" : device.type;
    std::string driver =
        fmt::format("{} {}, Vulkan {}", device.driver, device.driver_version, device.api_version);
    for (const std::string& other : device.also_through) driver += ", also through " + other;
    lines.add(device.software ? "Vulkan, software" : "GPU",
              fmt::format("{} ({}; {})", device.name, kind, driver));
    lines.add("  memory", fmt::format("{}{}{}", device.unified ? "the machine's: " : "",
                                      memory_text(device.memory_total_bytes, device.memory_free_bytes),
                                      sensors_text(device.sensors)));
    lines.add("  computes", fmt::format("{}; buffers to {}, allocations to {}", arithmetic_text(device),
                                        size_text(device.max_storage_buffer_range),
                                        size_text(device.max_allocation_bytes)));
  }
  for (const GpuWithoutVulkan& gpu : machine.gpus_without_vulkan) {
    lines.add("GPU without Vulkan", fmt::format("{}: {}", gpu.name, gpu.reason));
    lines.add("  memory",
              memory_text(gpu.memory_total_bytes, gpu.memory_free_bytes) + sensors_text(gpu.sensors));
  }
}

}  // namespace

std::string machine_text(const Machine& machine) {
  Lines lines;
  lines.section("Machine");
  lines.add("device", machine.label);
  lines.add("id", machine.id);
  lines.fact("board", machine.platform.board, same);
  lines.fact("system", machine.platform.system, same);
  lines.fact("kernel", machine.platform.kernel, same);
  lines.fact("virtualization", machine.platform.virtualization, same);
  lines.fact("power", machine.platform.power, same);
  add_cpu(lines, machine.cpu);
  add_topology(lines, machine.topology);
  add_memory(lines, machine.memory);
  add_storage(lines, machine.storage);
  add_gpus(lines, machine);
  if (!machine.remarks.empty()) lines.section("Remarks");
  for (const std::string& remark : machine.remarks) lines.add("-", remark);
  if (!machine.warnings.empty()) lines.section("Warnings");
  for (const std::string& warning : machine.warnings) lines.add("-", warning);
  return lines.take().substr(1);  // without the empty line above the first section
}

}  // namespace weighin
