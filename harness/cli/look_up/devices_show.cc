#include "harness/cli/look_up/devices_show.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/shared_options.h"
#include "probes/devices/budgets.h"
#include "probes/devices/tier.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

ordered_json number_json(const SpecNumber& number) {
  if (!number.known()) return nullptr;
  return {{"value", number.value}, {"checked", spec_checked_name(number.checked)}, {"source", number.source}};
}

ordered_json part_json(const PartSpec& part) {
  if (!part.there() && !part.int8_tops.known()) return nullptr;
  const auto word = [](const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
  };
  return {{"name", word(part.name)},
          {"cores", part.cores ? ordered_json(part.cores) : ordered_json(nullptr)},
          {"isa", word(part.isa)},
          {"matrix_units", part.matrix_units},
          {"fp16_tflops", number_json(part.fp16_tflops)},
          {"fp32_tflops", number_json(part.fp32_tflops)},
          {"int8_tops", number_json(part.int8_tops)},
          {"bandwidth_gbs", number_json(part.bandwidth_gbs)}};
}

ordered_json budgets_json(const NamedDevice& named) {
  ordered_json budgets = ordered_json::object();
  for (const RunsAs runs_as : all_runs_as) {
    const MemoryBudget budget = memory_budget(*named.device, named.part, named.memory_gib, runs_as);
    budgets[std::string(runs_as_name(runs_as))] = {
        {"gib", budget.gib}, {"rule", budget.rule}, {"source", budget.source}, {"assumed", budget.assumed}};
  }
  return budgets;
}

ordered_json device_json(const NamedDevice& named) {
  const DeviceSpec& device = *named.device;
  const TierRule& rule = tier_rule_of(device.kind);
  return {{"name", device.name},
          {"aliases", device.aliases},
          {"kind", device_kind_name(device.kind)},
          {"vendor", device.vendor},
          {"chip", device.chip.empty() ? ordered_json(nullptr) : ordered_json(device.chip)},
          {"year", device.year ? ordered_json(device.year) : ordered_json(nullptr)},
          {"part", device_part_name(named.part)},
          {"part_stated", named.part_stated},
          {"count", named.count},
          {"memory_gib", named.memory_gib > 0 ? ordered_json(named.memory_gib) : ordered_json(nullptr)},
          {"memory_stated", named.memory_stated},
          {"memory_sizes_gib", device.memory_gib},
          {"unified", device.unified},
          {"memory_fitted", device.memory_fitted},
          {"bandwidth_gbs", number_json(bandwidth_of(device, named.part))},
          {"cpu", part_json(device.cpu)},
          {"gpu", part_json(device.gpu)},
          {"npu", part_json(device.npu)},
          {"tier", device_tier_name(tier_of(device, named.memory_gib))},
          {"tier_group", rule.group},
          {"tier_source", rule.source},
          {"budgets", budgets_json(named)},
          {"assumed", named.assumed},
          {"recalled", named.recalled},
          {"remark", device.remark}};
}

std::string number_text(const SpecNumber& number, const char* unit) {
  if (!number.known()) return "";
  const char* mark = number.checked == SpecChecked::recalled ? "RECALLED: " : "";
  return fmt::format("{:g} {} ({}{})", number.value, unit, mark, number.source);
}

/// Prints one line, unless `value` is empty.
void line(const std::string& name, const std::string& value) {
  if (!value.empty()) fmt::print("  {:<12} {}\n", name, value);
}

void print_part(const char* name, const PartSpec& part) {
  std::string what = part.name;
  if (part.cores) what += fmt::format("{}{} cores", what.empty() ? "" : ", ", part.cores);
  if (!part.isa.empty()) what += fmt::format(", {}", part.isa);
  if (!part.there() && !part.int8_tops.known()) return;
  line(name, what.empty() ? "known" : what);
  line("  fp16", number_text(part.fp16_tflops, part.matrix_units ? "TFLOPS, matrix units" : "TFLOPS"));
  line("  fp32", number_text(part.fp32_tflops, "TFLOPS"));
  line("  int8", number_text(part.int8_tops, "TOPS"));
  line("  memory", number_text(part.bandwidth_gbs, "GB/s"));
}

void print_text(const NamedDevice& named) {
  const DeviceSpec& device = *named.device;
  fmt::print("{}{}\n", named.count > 1 ? fmt::format("{} x ", named.count) : "", device.name);
  line("aliases", fmt::format("{}", fmt::join(device.aliases, ", ")));
  line("kind", fmt::format("{}{}", device_kind_name(device.kind),
                           device.year ? fmt::format(", {}", device.year) : std::string()));
  line("chip", device.chip);
  line("computes on",
       fmt::format("{}{}", device_part_name(named.part), named.part_stated ? "" : " (not stated)"));
  line("memory", named.memory_gib <= 0
                     ? "as fitted"
                     : fmt::format("{:g} GiB{}{} ({}{})", named.memory_gib,
                                   device.unified ? ", shared by all parts" : "",
                                   named.memory_stated ? "" : ", the commonest size",
                                   device.memory_checked.checked == SpecChecked::recalled ? "RECALLED: " : "",
                                   device.memory_checked.source));
  line("bandwidth", number_text(bandwidth_of(device, named.part), "GB/s"));
  if (device.memory_fitted) line("", "memory is in sockets: this is the official maximum");
  print_part("cpu", device.cpu);
  print_part("gpu", device.gpu);
  print_part("npu", device.npu);
  const TierRule& rule = tier_rule_of(device.kind);
  line("tier", fmt::format("{} of {}, by rules of {}", device_tier_name(tier_of(device, named.memory_gib)),
                           rule.group, tier_rules_date));
  for (const RunsAs runs_as : all_runs_as) {
    const MemoryBudget budget = memory_budget(device, named.part, named.memory_gib, runs_as);
    line(std::string(runs_as_name(runs_as)),
         fmt::format("{:.2f} GiB: {} ({})", budget.gib, budget.rule, budget.source));
  }
  for (const std::string& assumed : named.assumed) line("assumed", assumed);
  line("remark", device.remark);
}

}  // namespace

void print_device(const NamedDevice& named, bool as_json) {
  if (as_json)
    std::puts(device_json(named).dump(2).c_str());
  else
    print_text(named);
}

Command add_devices_show(Command devices, Invocation& invocation) {
  const Command command =
      devices.subcommand("show", "Show what a name stands for and all that is known of it");
  auto name = std::make_shared<std::string>();
  command
      .option("NAME", name.get(),
              "As people write it: \"RTX 4070 Laptop (8GB)\", \"2x RTX 3090\", \"pixel 8\"")
      .required();
  add_json(command, invocation);
  command.action([name, &invocation] {
    const auto named = find_device(*name);
    if (!named) return fail(invocation, named.error());
    print_device(*named, invocation.json);
  });
  return command;
}

}  // namespace weighin
