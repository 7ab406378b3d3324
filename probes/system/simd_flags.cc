#include "probes/system/simd_flags.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "probes/host/text.h"
#include "probes/system/this_cpu.h"

namespace weighin {

namespace {

using Flags = std::set<std::string_view>;

// The flags that every core has, because a program's threads may run on any of them.
std::optional<Flags> flags_of_all_cores(const std::string& cpuinfo, const char* key) {
  std::optional<Flags> shared;
  for (const std::string_view line : lines_of(cpuinfo)) {
    const auto value = field(line, key);
    if (!value) continue;
    const auto words = words_of(*value);
    const Flags own(words.begin(), words.end());
    if (!shared) {
      shared = own;
      continue;
    }
    if (own == *shared) continue;
    Flags both;
    std::set_intersection(own.begin(), own.end(), shared->begin(), shared->end(),
                          std::inserter(both, both.begin()));
    shared = std::move(both);
  }
  return shared;
}

Simd from_flags(const Flags& flags) {
  Simd simd;
  for (const SimdFeature& feature : simd_features()) {
    if (flags.count(feature.flag) != 0) simd.*feature.present = true;
  }
  return simd;
}

#if defined(__x86_64__)
constexpr const char* processor_source = "cpuid";
#elif defined(__aarch64__)
constexpr const char* processor_source = "getauxval(AT_HWCAP)";
#else
constexpr const char* processor_source = nullptr;  // the processor cannot be asked
#endif

}  // namespace

Simd simd_of_hwcap(uint64_t hwcap, uint64_t hwcap2) {
  const auto bit = [](uint64_t word, unsigned index) { return (word >> index & 1) != 0; };
  Simd simd;
  simd.neon = bit(hwcap, 1);        // HWCAP_ASIMD
  simd.arm_fp16 = bit(hwcap, 10);   // HWCAP_ASIMDHP
  simd.dotprod = bit(hwcap, 20);    // HWCAP_ASIMDDP
  simd.sve = bit(hwcap, 22);        // HWCAP_SVE
  simd.i8mm = bit(hwcap2, 13);      // HWCAP2_I8MM
  simd.arm_bf16 = bit(hwcap2, 14);  // HWCAP2_BF16
  return simd;
}

void probe_simd(const Host& host, Machine& machine) {
  const auto cpuinfo = host.read("/proc/cpuinfo");
  if (cpuinfo) {
    for (const char* key : {"flags", "Features"}) {
      if (const auto flags = flags_of_all_cores(*cpuinfo, key)) {
        machine.cpu.simd = known(from_flags(*flags), std::string("/proc/cpuinfo ") + key);
        return;
      }
    }
  }
  if (host.live && processor_source != nullptr) {
    machine.cpu.simd = known(this_cpu(), processor_source);
    return;
  }
  machine.cpu.simd =
      absent<Simd>(cpuinfo ? "/proc/cpuinfo lists no flags or Features" : cpuinfo.error(), "/proc/cpuinfo");
}

}  // namespace weighin
