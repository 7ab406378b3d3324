#include "probes/system/arm_cores.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "probes/host/text.h"

namespace weighin {
namespace {

constexpr ArmCore cores[] = {
#define ARM_CORE(implementer, part, name, size) {implementer, part, name, ArmCoreSize::size},
#include "probes/system/arm_cores.inc"
#undef ARM_CORE
};

struct Implementer {
  uint32_t id;
  const char* name;
};

// Arm Architecture Reference Manual, MIDR_EL1, field Implementer; those of makers that joined later are in
// the sources of the table.
constexpr Implementer implementers[] = {
    {0x41, "Arm"},    {0x42, "Broadcom"}, {0x43, "Cavium"},    {0x46, "Fujitsu"}, {0x48, "HiSilicon"},
    {0x4e, "NVIDIA"}, {0x50, "APM"},      {0x51, "Qualcomm"},  {0x53, "Samsung"}, {0x56, "Marvell"},
    {0x61, "Apple"},  {0x69, "Intel"},    {0x6d, "Microsoft"}, {0x70, "Phytium"}, {0xc0, "Ampere"},
};

std::optional<uint64_t> hex_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// MIDR_EL1 holds the implementer in bits 31 to 24 and the part in bits 15 to 4.
ArmId id_of_midr(uint64_t midr) {
  return {static_cast<uint32_t>(midr >> 24 & 0xff), static_cast<uint32_t>(midr >> 4 & 0xfff)};
}

std::map<uint32_t, ArmId> ids_of_cpuinfo(std::string_view cpuinfo) {
  std::map<uint32_t, ArmId> ids;
  uint32_t thread = 0, implementer = 0;
  for (const std::string_view line : lines_of(cpuinfo)) {
    // The word is "Processor" where kernels of 32 bits tell the name of the whole.
    if (const auto number = field(line, "processor")) {
      if (const auto value = whole_number(*number)) thread = static_cast<uint32_t>(*value);
    } else if (const auto maker = field(line, "CPU implementer")) {
      implementer = static_cast<uint32_t>(hex_number(*maker).value_or(0));
    } else if (const auto part = field(line, "CPU part")) {
      if (const auto value = hex_number(*part)) ids[thread] = {implementer, static_cast<uint32_t>(*value)};
    }
  }
  return ids;
}

std::map<uint32_t, ArmId> ids_of_registers(const Host& host) {
  const std::filesystem::path folder = "/sys/devices/system/cpu";
  std::map<uint32_t, ArmId> ids;
  for (const std::string& name : host.list(folder)) {
    const auto thread =
        name.starts_with("cpu") ? whole_number(std::string_view(name).substr(3)) : std::nullopt;
    if (!thread) continue;
    const auto text = host.read(folder / name / "regs/identification/midr_el1");
    if (const auto midr = text ? hex_number(*text) : std::nullopt)
      ids[static_cast<uint32_t>(*thread)] = id_of_midr(*midr);
  }
  return ids;
}

}  // namespace

const ArmCore* find_arm_core(uint32_t implementer, uint32_t part) {
  for (const ArmCore& core : cores)
    if (core.implementer == implementer && core.part == part) return &core;
  return nullptr;
}

std::string arm_core_name(const ArmId& id) {
  if (const ArmCore* core = find_arm_core(id.implementer, id.part)) return core->name;
  for (const Implementer& maker : implementers)
    if (maker.id == id.implementer) return fmt::format("{} core {:#05x}", maker.name, id.part);
  return fmt::format("ARM core {:#05x} of implementer {:#04x}", id.part, id.implementer);
}

std::string arm_core_name(std::string_view implementer, std::string_view part) {
  const auto maker = hex_number(implementer), number = hex_number(part);
  if (!maker || !number) return fmt::format("ARM core {} of implementer {}", part, implementer);
  return arm_core_name(ArmId{static_cast<uint32_t>(*maker), static_cast<uint32_t>(*number)});
}

std::map<uint32_t, ArmId> arm_ids(const Host& host) {
  const auto cpuinfo = host.read("/proc/cpuinfo");
  std::map<uint32_t, ArmId> ids = cpuinfo ? ids_of_cpuinfo(*cpuinfo) : std::map<uint32_t, ArmId>{};
  return ids.empty() ? ids_of_registers(host) : ids;
}

}  // namespace weighin
