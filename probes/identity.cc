#include "probes/identity.h"

#include <sys/stat.h>

#include <algorithm>

#include "probes/platform.h"
#include "probes/sha256.h"
#include "probes/text.h"

namespace weighin {

namespace {

std::string readable_by_all(const Host& host, const std::string& path) {
  struct stat facts {};
  if (::stat(host.at(path).c_str(), &facts) != 0 || (facts.st_mode & S_IROTH) == 0) return "";
  return host.read(path).value_or("");
}

bool on_usb(const Host& host, const std::string& card) {
  std::error_code error;
  const auto subsystem = std::filesystem::read_symlink(host.at(card + "/device/subsystem"), error);
  return !error && subsystem.filename() == "usb";
}

std::vector<std::string> permanent_addresses(const Host& host) {
  const std::string folder = "/sys/class/net";
  std::vector<std::string> addresses;
  for (const std::string& name : host.list(folder)) {
    const std::string card = folder + "/" + name;
    // Bridges, tunnels and the like have no device; address type 0 is the card's own (Linux,
    // sysfs-class-net).
    if (!host.exists(card + "/device") || on_usb(host, card)) continue;
    if (host.read(card + "/addr_assign_type").value_or("") != "0") continue;
    std::string address = readable_by_all(host, card + "/address");
    if (!address.empty() && address != "00:00:00:00:00:00") addresses.push_back(std::move(address));
  }
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

std::string machine_id(const Host& host) {
  std::string id = readable_by_all(host, "/etc/machine-id");
  // "uninitialized" is what images carry before their first start (machine-id(5)).
  if (id == "uninitialized") id.clear();
  return id.empty() ? readable_by_all(host, "/var/lib/dbus/machine-id") : id;
}

}  // namespace

void probe_identity(const Host& host, Machine& machine) {
  std::string secret;
  const auto add = [&](const char* what, const std::string& value) {
    if (!value.empty()) secret += std::string(what) + "=" + value + "\n";
  };
  add("machine-id", machine_id(host));
  add("uuid", readable_by_all(host, "/sys/class/dmi/id/product_uuid"));
  add("serial", readable_by_all(host, "/proc/device-tree/serial-number"));
  for (const std::string& address : permanent_addresses(host)) add("mac", address);
  if (secret.empty()) {
    machine.remarks.emplace_back(
        "nothing here tells this machine from another of its kind: machines alike get the same id; use "
        "--label");
  }
  add("cpu", machine.cpu.name.value.value_or(""));
  add("cores", std::to_string(machine.topology.cores.value.value_or(0)));
  machine.id = sha256_hex("weighin device 1\n" + secret).substr(0, 16);
  machine.label = default_label(machine);
}

std::string default_label(const Machine& machine) {
  const std::string name = machine.platform.board.known() ? *machine.platform.board.value
                           : machine.cpu.name.known()     ? *machine.cpu.name.value
                                                          : machine.cpu.architecture;
  return name + " " + machine.id.substr(0, 4);
}

}  // namespace weighin
