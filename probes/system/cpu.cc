#include "probes/system/cpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "probes/host/system_calls.h"
#include "probes/host/text.h"
#include "probes/system/arm_cores.h"

namespace weighin {

namespace {

/// The distinct cores in the order of their threads: "Cortex-A55 + Cortex-A76".
std::string arm_names(const Host& host) {
  std::vector<std::string> names;
  for (const auto& [thread, id] : arm_ids(host)) {
    std::string name = arm_core_name(id);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return fmt::format("{}", fmt::join(names, " + "));
}

/// Whether the name says only which architecture this is: "ARMv8 Processor rev 0 (v8l)", "AArch64 Processor".
bool names_an_architecture(std::string_view name) {
  return name.empty() || name == "unknown" || name.starts_with("ARMv") ||
         name.starts_with("AArch64 Processor");
}

/// The first of the lines in which Linux names a processor: "model name" (x86, LoongArch), "uarch" (RISC-V),
/// "cpu" (POWER), "cpu model" (MIPS).
std::optional<std::string> written_name(const std::string& cpuinfo) {
  for (const char* key : {"model name", "Model Name", "uarch", "cpu", "cpu model"}) {
    const auto name = field(cpuinfo, key);
    if (name && !names_an_architecture(*name)) return std::string(*name);
  }
  return std::nullopt;
}

Fact<std::string> cpu_name(const Host& host, const tl::expected<std::string, std::string>& cpuinfo) {
  const char* source = "/proc/cpuinfo";
  if (cpuinfo)
    if (auto name = written_name(*cpuinfo)) return known(std::move(*name), source);
  if (std::string arm = arm_names(host); !arm.empty())
    return known(std::move(arm), cpuinfo && field(*cpuinfo, "CPU part") ? source : "MIDR_EL1 in /sys");
  return absent<std::string>(cpuinfo ? "/proc/cpuinfo names no CPU" : cpuinfo.error(), source);
}

std::string architecture(const Host& host, const tl::expected<std::string, std::string>& cpuinfo) {
  if (host.live) {
    if (const auto names = kernel_names()) return names->machine;
  }
  if (cpuinfo && field(*cpuinfo, "CPU implementer")) return "aarch64";
  if (cpuinfo && field(*cpuinfo, "vendor_id")) return "x86_64";
  return "unknown";
}

constexpr const char* cpufreq = "/sys/devices/system/cpu/cpu0/cpufreq/";

// The files of cpufreq hold kHz (Linux, Documentation/admin-guide/pm/cpufreq.rst).
Fact<double> cpufreq_mhz(const Host& host, const char* file) {
  const std::string path = std::string(cpufreq) + file;
  const auto text = host.read(path);
  if (!text) return absent<double>(text.error(), path);
  const auto khz = whole_number(*text);
  if (!khz) return absent<double>(path + " holds no number", path);
  return known(static_cast<double>(*khz) / 1000.0, path);
}

Fact<double> now_mhz(const Host& host, const tl::expected<std::string, std::string>& cpuinfo) {
  auto fact = cpufreq_mhz(host, "scaling_cur_freq");
  if (fact.known() || !cpuinfo) return fact;
  if (const auto text = field(*cpuinfo, "cpu MHz")) {
    const auto whole = whole_number(text->substr(0, text->find('.')));
    if (whole && *whole > 0) return known(static_cast<double>(*whole), "/proc/cpuinfo cpu MHz");
  }
  return fact;
}

}  // namespace

void probe_cpu(const Host& host, Machine& machine) {
  const auto cpuinfo = host.read("/proc/cpuinfo");
  Cpu& cpu = machine.cpu;
  cpu.architecture = architecture(host, cpuinfo);
  cpu.name = cpu_name(host, cpuinfo);
  std::string governor_path = cpufreq;
  governor_path += "scaling_governor";
  const auto governor = host.read(governor_path);
  cpu.governor =
      governor ? known(*governor, governor_path) : absent<std::string>(governor.error(), governor_path);
  cpu.mhz = now_mhz(host, cpuinfo);
  cpu.max_mhz = cpufreq_mhz(host, "cpuinfo_max_freq");
  if (!cpu.max_mhz.known()) {
    const auto scaling = cpufreq_mhz(host, "scaling_max_freq");
    if (scaling.known()) cpu.max_mhz = scaling;
  }
}

}  // namespace weighin
