#include "probes/system/cpu.h"

#include <algorithm>
#include <array>

#include "probes/host/system_calls.h"
#include "probes/host/text.h"

namespace weighin {

namespace {

struct ArmCore {
  const char* implementer;
  const char* part;
  const char* name;
};

constexpr std::array arm_cores{
    ArmCore{"0x41", "0xd03", "Cortex-A53"},
    ArmCore{"0x41", "0xd04", "Cortex-A35"},
    ArmCore{"0x41", "0xd05", "Cortex-A55"},
    ArmCore{"0x41", "0xd07", "Cortex-A57"},
    ArmCore{"0x41", "0xd08", "Cortex-A72"},
    ArmCore{"0x41", "0xd09", "Cortex-A73"},
    ArmCore{"0x41", "0xd0a", "Cortex-A75"},
    ArmCore{"0x41", "0xd0b", "Cortex-A76"},
    ArmCore{"0x41", "0xd0c", "Neoverse-N1"},
    ArmCore{"0x41", "0xd0d", "Cortex-A77"},
    ArmCore{"0x41", "0xd40", "Neoverse-V1"},
    ArmCore{"0x41", "0xd41", "Cortex-A78"},
    ArmCore{"0x41", "0xd44", "Cortex-X1"},
    ArmCore{"0x41", "0xd46", "Cortex-A510"},
    ArmCore{"0x41", "0xd47", "Cortex-A710"},
    ArmCore{"0x41", "0xd48", "Cortex-X2"},
    ArmCore{"0x41", "0xd49", "Neoverse-N2"},
    ArmCore{"0x41", "0xd4d", "Cortex-A715"},
    ArmCore{"0x41", "0xd4e", "Cortex-X3"},
    ArmCore{"0x41", "0xd4f", "Neoverse-V2"},
    ArmCore{"0x41", "0xd80", "Cortex-A520"},
    ArmCore{"0x41", "0xd81", "Cortex-A720"},
    ArmCore{"0x51", "0x001", "Oryon"},
    ArmCore{"0x61", "0x022", "Apple M1 Icestorm"},
    ArmCore{"0x61", "0x023", "Apple M1 Firestorm"},
};

// The distinct cores in the order of /proc/cpuinfo: "Cortex-A55 + Cortex-A76".
std::string arm_names(const std::string& cpuinfo) {
  std::vector<std::string> names;
  std::string implementer;
  for (const std::string_view line : lines_of(cpuinfo)) {
    if (const auto value = field(line, "CPU implementer")) implementer = *value;
    if (const auto part = field(line, "CPU part")) {
      std::string name = arm_core_name(implementer, std::string(*part));
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
  }
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : " + ") + name;
  return joined;
}

Fact<std::string> cpu_name(const tl::expected<std::string, std::string>& cpuinfo) {
  const char* source = "/proc/cpuinfo";
  if (!cpuinfo) return absent<std::string>(cpuinfo.error(), source);
  const auto model = field(*cpuinfo, "model name");
  if (model && !model->empty() && *model != "unknown") return known(std::string(*model), source);
  if (std::string arm = arm_names(*cpuinfo); !arm.empty()) return known(std::move(arm), source);
  return absent<std::string>("/proc/cpuinfo names no CPU", source);
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

std::string arm_core_name(const std::string& implementer, const std::string& part) {
  for (const ArmCore& core : arm_cores) {
    if (implementer == core.implementer && part == core.part) return core.name;
  }
  return "ARM core " + part + " of implementer " + (implementer.empty() ? "unknown" : implementer);
}

void probe_cpu(const Host& host, Machine& machine) {
  const auto cpuinfo = host.read("/proc/cpuinfo");
  Cpu& cpu = machine.cpu;
  cpu.architecture = architecture(host, cpuinfo);
  cpu.name = cpu_name(cpuinfo);
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
