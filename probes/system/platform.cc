#include "probes/system/platform.h"

#include <algorithm>
#include <array>
#include <optional>

#include "models/text/letters.h"
#include "probes/host/system_calls.h"
#include "probes/host/text.h"

namespace weighin {

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Fact<std::string> board(const Host& host) {
  for (const char* path : {"/proc/device-tree/model", "/sys/firmware/devicetree/base/model"}) {
    const auto model = host.read(path);
    if (model && !empty_board_name(*model)) return known(*model, path);
  }
  const char* product_path = "/sys/class/dmi/id/product_name";
  const auto product = host.read(product_path);
  if (!product) return absent<std::string>(product.error(), product_path);
  if (empty_board_name(*product)) {
    return absent<std::string>("the firmware gives no product name (\"" + *product + "\")", product_path);
  }
  const auto vendor = host.read("/sys/class/dmi/id/sys_vendor");
  const bool named = !vendor || empty_board_name(*vendor) || product->starts_with(*vendor);
  return known(named ? *product : *vendor + " " + *product, product_path);
}

Fact<std::string> operating_system(const Host& host) {
  std::string reason;
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    const auto text = host.read(path);
    if (!text) {
      reason = text.error();
      continue;
    }
    for (const char* key : {"PRETTY_NAME", "NAME"}) {
      auto name = field(*text, key, '=');
      if (!name || name->empty()) continue;
      if (name->size() >= 2 && (name->front() == '"' || name->front() == '\'')) {
        name = name->substr(1, name->size() - 2);
      }
      return known(std::string(*name), path);
    }
    reason = std::string(path) + " has no PRETTY_NAME";
  }
  return absent<std::string>(reason, "/etc/os-release");
}

Fact<std::string> kernel(const Host& host) {
  if (host.live) {
    if (const auto names = kernel_names()) return known(names->release, "uname");
  }
  const char* path = "/proc/sys/kernel/osrelease";
  const auto release = host.read(path);
  if (release) return known(*release, path);
  const auto version = host.read("/proc/version");
  const auto words = version ? words_of(*version) : std::vector<std::string_view>{};
  if (words.size() > 2) return known(std::string(words[2]), "/proc/version");
  return absent<std::string>(release.error(), path);
}

struct Sign {
  const char* text;
  const char* name;
};

// What hypervisors write into sys_vendor or product_name, in lower case. systemd-detect-virt(1) looks for the
// same strings.
constexpr std::array vm_signs{
    Sign{"kvm", "kvm"},
    Sign{"qemu", "qemu"},
    Sign{"vmware", "vmware"},
    Sign{"virtualbox", "virtualbox"},
    Sign{"innotek", "virtualbox"},
    Sign{"xen", "xen"},
    Sign{"parallels", "parallels"},
    Sign{"bhyve", "bhyve"},
    Sign{"amazon ec2", "amazon ec2"},
    Sign{"google compute engine", "google compute engine"},
    Sign{"apple virtualization", "apple virtualization"},
};

/// The value of a variable of the environment that the kernel shows of a process; variables end in a zero
/// byte.
std::optional<std::string> variable_of(const Host& host, const char* process, std::string_view name) {
  const auto text = host.read(std::string("/proc/") + process + "/environ");
  std::string_view left = text ? std::string_view(*text) : std::string_view();
  while (!left.empty()) {
    const std::string_view one = left.substr(0, left.find('\0'));
    left.remove_prefix(std::min(one.size() + 1, left.size()));
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return std::string(one.substr(name.size() + 1));
  }
  return std::nullopt;
}

/// Kubernetes sets this variable in every container, and mounts the credentials of the pod's account.
bool in_kubernetes(const Host& host) {
  for (const char* process : {"self", "1"})
    if (variable_of(host, process, "KUBERNETES_SERVICE_HOST")) return true;
  return host.exists("/var/run/secrets/kubernetes.io") || host.exists("/run/secrets/kubernetes.io");
}

/// What the control groups of the first process and of this one, and the mounts, tell. With version 2 of
/// control groups and a namespace of its own a container sees only "0::/", and its mounts are what is left to
/// see.
std::string container_by_mounts(const Host& host) {
  const std::string groups =
      host.read("/proc/1/cgroup").value_or("") + "\n" + host.read("/proc/self/cgroup").value_or("");
  if (contains(groups, "/docker")) return "docker";
  if (contains(groups, "/kubepods")) return "kubernetes";
  if (contains(groups, "/lxc")) return "lxc";
  const std::string mounts = host.read("/proc/mounts").value_or("");
  for (const std::string_view line : lines_of(mounts)) {
    const auto words = words_of(line);
    if (words.size() < 3) continue;
    if (words[0] == "lxcfs" && words[1].starts_with("/proc/")) return "lxc";
    if (words[1] == "/" && words[2] == "overlay") return "unknown container";
  }
  return "";
}

std::string container(const Host& host) {
  if (in_kubernetes(host)) return "kubernetes";
  if (host.exists("/run/.containerenv")) return "podman";
  if (host.exists("/.dockerenv")) return "docker";
  if (const auto kind = host.read("/run/systemd/container"); kind && !kind->empty()) return *kind;
  // systemd's container interface: the first process has the name of its container manager.
  if (const auto kind = variable_of(host, "1", "container"); kind && !kind->empty()) return *kind;
  if (host.exists("/dev/lxd/sock") || host.exists("/dev/incus/sock")) return "lxc";
  return container_by_mounts(host);
}

std::string virtual_machine(const Host& host) {
  // WSL1 says "Microsoft" without a version. It has no virtual machine; it translates system calls.
  const auto version = host.read("/proc/version");
  const std::string kernel_text = lower_case(version.value_or(""));
  if (contains(kernel_text, "wsl2") ||
      (contains(kernel_text, "microsoft") && contains(kernel_text, "standard"))) {
    return "wsl2";
  }
  if (contains(kernel_text, "microsoft")) return "wsl1";
  const auto product = host.read("/sys/class/dmi/id/product_name");
  const auto vendor = host.read("/sys/class/dmi/id/sys_vendor");
  const std::string firmware = lower_case(vendor.value_or("") + " " + product.value_or(""));
  for (const Sign& sign : vm_signs) {
    // Amazon's bare-metal instances name the same vendor.
    if (contains(firmware, sign.text) && !contains(firmware, ".metal")) return sign.name;
  }
  if (contains(firmware, "microsoft corporation") && contains(firmware, "virtual machine")) return "hyper-v";
  const auto cpuinfo = host.read("/proc/cpuinfo");
  const auto flags = cpuinfo ? field(*cpuinfo, "flags") : std::nullopt;
  if (flags) {
    for (const std::string_view flag : words_of(*flags)) {
      if (flag == "hypervisor") return "unknown hypervisor";
    }
  }
  if (host.exists("/proc/device-tree/hypervisor")) return "unknown hypervisor";
  return "";
}

Fact<std::string> power(const Host& host) {
  const char* folder = "/sys/class/power_supply";
  std::string battery;
  bool mains = false;
  bool discharging = false;
  for (const std::string& name : host.list(folder)) {
    const std::string supply = std::string(folder) + "/" + name + "/";
    const std::string type = host.read(supply + "type").value_or("");
    // The scope "Device" means the battery of a mouse or a headset.
    if (host.read(supply + "scope").value_or("") == "Device") continue;
    if (type == "Mains" || type == "USB") mains = mains || host.read(supply + "online").value_or("0") == "1";
    if (type != "Battery") continue;
    discharging = discharging || host.read(supply + "status").value_or("") == "Discharging";
    const auto percent = host.read(supply + "capacity");
    battery = percent ? "battery " + *percent + "%" : "battery";
  }
  if (discharging || (!battery.empty() && !mains)) return known(battery, folder);
  if (mains || !battery.empty()) return known(std::string("mains"), folder);
  return absent<std::string>("no power supply is listed", folder);
}

void warn_of_load(const Host& host, Machine& machine) {
  if (machine.platform.power.known() && machine.platform.power.value->starts_with("battery")) {
    machine.warnings.push_back("runs on " + *machine.platform.power.value +
                               ": it may be slower than on mains");
  }
  const auto governor = host.read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (governor && *governor == "powersave") {
    // The "powersave" of intel_pstate and amd_pstate scales with load, as "schedutil" does with other
    // drivers.
    const std::string driver =
        host.read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver").value_or("unknown driver");
    const bool scales = driver == "intel_pstate" || driver.starts_with("amd-pstate");
    machine.warnings.push_back(
        std::string("governor powersave (") + driver +
        "): " + (scales ? "the frequency rises slowly" : "the cores stay at their lowest frequency"));
  }
  const auto load = host.read("/proc/loadavg");
  const auto words = load ? words_of(*load) : std::vector<std::string_view>{};
  const auto whole = words.empty() ? std::nullopt : whole_number(words[0].substr(0, words[0].find('.')));
  // One busy thread is enough to spoil measurements that use every core.
  if (whole && *whole >= 1) {
    machine.warnings.push_back("other load: load average " + std::string(words[0]) + " over the last minute");
  }
}

}  // namespace

bool empty_board_name(const std::string& name) {
  const std::string lower = lower_case(trimmed(name));
  if (lower.empty()) return true;
  for (const char* none : {"to be filled by", "system product name", "system manufacturer", "default string",
                           "not specified", "not applicable", "standard pc", "unknown", "none", "o.e.m."}) {
    if (lower.starts_with(none)) return true;
  }
  return false;
}

void probe_platform(const Host& host, Machine& machine) {
  Platform& platform = machine.platform;
  platform.board = board(host);
  platform.system = operating_system(host);
  platform.kernel = kernel(host);
  const std::string vm = virtual_machine(host);
  const std::string inside = container(host);
  const char* source = "/proc/version, /sys/class/dmi/id, /proc/cpuinfo";
  if (vm.empty() && inside.empty()) {
    platform.virtualization = absent<std::string>("none found", source);
  } else {
    platform.virtualization = known(vm + (vm.empty() || inside.empty() ? "" : ", ") + inside, source);
  }
  if (vm == "wsl2")
    machine.remarks.emplace_back("inside WSL2: the memory is the guest's, not all of Windows'");
  else if (!vm.empty())
    machine.remarks.push_back("inside a virtual machine (" + vm + "): the memory is the guest's");
  if (!inside.empty()) {
    machine.remarks.push_back("inside a container (" + inside +
                              "): the memory is the guest's where a limit is set, else the whole host's");
  }
  platform.power = power(host);
  warn_of_load(host, machine);
}

}  // namespace weighin
