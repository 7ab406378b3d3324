#include "results/report/machine.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "models/text/units.h"
#include "results/fit/verdict.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

using nlohmann::json;

std::string plain(const json& fact) {
  if (fact.is_null()) return "";
  if (fact.is_string()) return fact.get<std::string>();
  if (fact.is_number_float()) return fmt::format("{:.6g}", fact.get<double>());
  return fact.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Rows of a table: the name of a fact, and what the probes read.
class FactRows {
 public:
  void add(const std::string& name, const std::string& value) {
    if (value.empty()) return;
    TemplateData row;
    row.set("name", name);
    row.set("value", value);
    rows_ << row;
  }

  /// Adds group[key] as text made by `say`, or the reason why it is absent. Adds no row if the probes do not
  /// know such a fact.
  template <class Say>
  void add_fact(const std::string& name, const json& group, const char* key, Say say) {
    if (!group.is_object() || !group.contains(key)) return;
    const json& fact = group[key];
    if (fact.is_null()) return;
    if (fact.is_object() && fact.contains("absent")) {
      add(name, "not known: " + plain(fact["absent"]));
    } else {
      add(name, say(fact));
    }
  }
  const TemplateData& rows() const { return rows_; }

 private:
  TemplateData rows_{TemplateData::type::list};
};

std::string bytes_words(const json& fact) {
  if (!fact.is_number()) return plain(fact);
  const double bytes = fact.get<double>();
  if (bytes >= bytes_per_gib) return two_digits(in_gib(bytes)) + " GiB";
  if (bytes >= bytes_per_mib) return fmt::format("{:.4g} MiB", in_mib(bytes));
  return fmt::format("{:.4g} KiB", bytes / 1024);
}

std::string mhz(const json& fact) {
  return fact.is_number() ? fmt::format("{:.0f} MHz", fact.get<double>()) : plain(fact);
}

std::string joined(const json& list) {
  std::string text;
  for (const json& item : list) text += (text.empty() ? "" : ", ") + plain(item);
  return text;
}

json part(const json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object[key] : json();
}

void add_cores(FactRows& rows, const json& topology) {
  rows.add_fact("Sockets", topology, "sockets", plain);
  rows.add_fact("Cores", topology, "cores", plain);
  rows.add_fact("Threads", topology, "threads", plain);
  rows.add_fact("Threads this program may use", topology, "usable_threads", plain);
  const json kinds = part(topology, "core_kinds");
  if (kinds.size() > 1) {
    for (const json& kind : kinds)
      rows.add(fmt::format("Cores of kind \"{}\"", plain(part(kind, "kind"))),
               fmt::format("{} cores, {} threads", plain(part(kind, "cores")), plain(part(kind, "threads"))));
  }
  for (const json& cache : part(topology, "caches")) {
    const json count = part(cache, "count"), sharers = part(cache, "shared_by_threads");
    rows.add(
        fmt::format("Level {} cache, {}", plain(part(cache, "level")), plain(part(cache, "type"))),
        fmt::format("{} of {}, each {}", plain(count), bytes_words(part(cache, "bytes")),
                    sharers == 1 ? "one thread's own" : fmt::format("shared by {} threads", plain(sharers))));
  }
  const json numa = part(topology, "numa");
  if (numa.size() > 1) {
    for (const json& node : numa)
      rows.add(fmt::format("NUMA node {}", plain(part(node, "node"))),
               fmt::format("{}, {} threads", bytes_words(part(node, "bytes")), plain(part(node, "threads"))));
  }
}

void add_memory(FactRows& rows, const json& memory) {
  rows.add_fact("Memory", memory, "total_bytes", bytes_words);
  rows.add_fact("Available when probed", memory, "available_bytes", bytes_words);
  for (const json& limit : part(memory, "limits"))
    rows.add(fmt::format("Limit: {}", plain(part(limit, "kind"))),
             fmt::format("{}, {} of it left", bytes_words(part(limit, "bytes")),
                         bytes_words(part(limit, "available_bytes"))));
  rows.add_fact("Swap (never counted)", memory, "swap_total_bytes",
                [](const json& bytes) { return bytes == 0 ? std::string("none") : bytes_words(bytes); });
  rows.add_fact("Transparent huge pages", memory, "transparent_huge_pages", plain);
}

/// ", 8 GiB of memory, 5 GiB of it free when probed", as far as it is known.
std::string gpu_memory_words(const json& gpu) {
  const json total = part(gpu, "memory_total_bytes"), free = part(gpu, "memory_free_bytes");
  std::string text;
  if (total.is_number()) text += ", " + bytes_words(total) + " of memory";
  if (free.is_number()) text += ", " + bytes_words(free) + " of it free when probed";
  return text;
}

void add_vulkan(FactRows& rows, const json& facts) {
  const json vulkan = part(facts, "vulkan");
  if (vulkan.is_array() && vulkan.empty()) rows.add("Vulkan", "no device");
  if (vulkan.is_object()) rows.add_fact("Vulkan", facts, "vulkan", plain);
  if (!vulkan.is_array()) return;
  for (const json& device : vulkan) {
    const bool software = part(device, "software") == true;
    std::string text = fmt::format("{}, {}", plain(part(device, "name")), plain(part(device, "driver")));
    if (const std::string version = plain(part(device, "driver_version")); !version.empty())
      text += " " + version;
    text += gpu_memory_words(device);
    if (part(device, "unified") == true) text += ", shares the machine's memory";
    if (const std::string others = joined(part(device, "also_through")); !others.empty())
      text += "; also through " + others;
    text += software ? "; software on the CPU, not a GPU" : "";
    rows.add(software ? "Vulkan, software" : fmt::format("Vulkan, {}", plain(part(device, "type"))), text);
  }
}

void add_gpus_without_vulkan(FactRows& rows, const json& facts) {
  const json gpus = part(facts, "gpus_without_vulkan");
  if (!gpus.is_array()) return;
  for (const json& gpu : gpus)
    rows.add("GPU without Vulkan", fmt::format("{}{}: {}", plain(part(gpu, "name")), gpu_memory_words(gpu),
                                               plain(part(gpu, "reason"))));
}

}  // namespace

void add_machine(TemplateData& page, const ReportInput& input) {
  const Device& device = input.device;
  const json facts = json::parse(device.facts_json, nullptr, false);
  const json platform = part(facts, "platform"), cpu = part(facts, "cpu"), storage = part(facts, "storage");
  FactRows rows;
  rows.add("Label", device.label);
  rows.add("Device id", device.id);
  rows.add_fact("Board", platform, "board", plain);
  rows.add_fact("System", platform, "system", plain);
  rows.add_fact("Kernel", platform, "kernel", plain);
  // An absent fact is the answer itself here: "none found".
  const json virtualization = part(platform, "virtualization");
  rows.add("Virtualization",
           plain(virtualization.is_object() ? part(virtualization, "absent") : virtualization));
  rows.add_fact("Power", platform, "power", plain);
  rows.add("CPU", device.cpu);
  rows.add("Architecture", part(cpu, "architecture").is_string() ? plain(part(cpu, "architecture")) : "");
  rows.add_fact("SIMD", cpu, "simd", joined);
  rows.add_fact("Governor", cpu, "governor", plain);
  rows.add_fact("Frequency when probed", cpu, "mhz", mhz);
  rows.add_fact("Highest frequency", cpu, "max_mhz", mhz);
  add_cores(rows, part(facts, "topology"));
  add_memory(rows, part(facts, "memory"));
  rows.add_fact("File system of the models folder", storage, "filesystem", plain);
  rows.add_fact("Free storage", storage, "free_bytes", bytes_words);
  rows.add_fact("Storage read speed", storage, "read_bytes_per_s", [](const json& fact) {
    return fact.is_number() ? two_digits(fact.get<double>() / 1e9) + " GB/s" : plain(fact);
  });
  add_vulkan(rows, facts);
  add_gpus_without_vulkan(rows, facts);
  for (const json& remark : part(facts, "remarks")) rows.add("Remark", plain(remark));
  page.set("machine", rows.rows());
}

void add_provenance(TemplateData& page, const ReportInput& input) {
  FactRows rows;
  if (const auto& run = input.run) {
    rows.add("Program", "weighin " + run->program_version);
    rows.add("Built", fmt::format("{}, {}", run->compiler, run->build));
    rows.add("Newest run",
             fmt::format("{}, {}", run->id, run->outcome.empty() ? std::string("not ended") : run->outcome));
    rows.add("Options", run->options.empty() ? "none" : run->options);
    rows.add("Started", run->started_at);
    rows.add("Ended", run->ended_at);
  } else {
    rows.add("Newest run", "none: this device has not been measured");
  }
  rows.add("Probed", input.device.probed_at);
  rows.add("Measurements shown", fmt::format("{}", input.measurements.size()));
  page.set("provenance", rows.rows());
}

}  // namespace weighin
