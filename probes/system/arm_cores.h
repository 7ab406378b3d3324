// ARM's processor cores by their identification register, MIDR_EL1.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "probes/host/host.h"

namespace weighin {

/// How large a core's design is. Cores of one processor can be ordered by it where nothing else is known.
enum class ArmCoreSize : uint8_t { little, middle, big };

struct ArmCore {
  uint32_t implementer;
  uint32_t part;
  const char* name;
  ArmCoreSize size;
};

/// The core with these two fields of MIDR_EL1; nullptr if it is not in the table.
const ArmCore* find_arm_core(uint32_t implementer, uint32_t part);

/// Its name from the words of /proc/cpuinfo, such as "0x41" and "0xd08"; for a core that is not in the table,
/// both numbers and the implementer's name where that is known.
std::string arm_core_name(std::string_view implementer, std::string_view part);

/// Implementer and part of one thread.
struct ArmId {
  uint32_t implementer = 0;
  uint32_t part = 0;
  bool operator==(const ArmId&) const = default;
};

/// The identification of each thread, by its number in Linux: from /proc/cpuinfo, or from
/// /sys/devices/system/cpu/cpuN/regs/identification/midr_el1 where that is missing. Empty on other
/// processors.
std::map<uint32_t, ArmId> arm_ids(const Host& host);

/// The name of the core that has this identification.
std::string arm_core_name(const ArmId& id);

}  // namespace weighin
