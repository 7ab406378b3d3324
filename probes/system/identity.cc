#include "probes/system/identity.h"

#include <fmt/format.h>

#include <algorithm>

#include "probes/host/sha256.h"
#include "probes/host/system_calls.h"
#include "probes/host/text.h"
#include "probes/system/platform.h"

namespace weighin {

namespace {

std::string readable_by_all(const Host& host, const std::string& path) {
  if (!everyone_may_read(host.at(path))) return "";
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
    const std::string card = fmt::format("{}/{}", folder, name);
    // Bridges, tunnels and other virtual interfaces have no device. Address type 0 is the permanent address
    // of a card (Linux, sysfs-class-net).
    if (!host.exists(card + "/device") || on_usb(host, card)) continue;
    if (host.read(card + "/addr_assign_type").value_or("") != "0") continue;
    std::string address = readable_by_all(host, card + "/address");
    if (!address.empty() && address != "00:00:00:00:00:00") addresses.push_back(std::move(address));
  }
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

/// The names that makers write into built-in drives: the world-wide names of NVMe and SCSI drives, the card
/// identification of eMMC. Removable drives do not count, because they move between machines.
std::vector<std::string> drive_names(const Host& host) {
  const std::string folder = "/sys/block";
  std::vector<std::string> names;
  for (const std::string& drive : host.list(folder)) {
    const std::string base = fmt::format("{}/{}", folder, drive);
    if (!host.exists(base + "/device") || on_usb(host, base)) continue;
    if (host.read(base + "/removable").value_or("") != "0") continue;
    if (drive.starts_with("mmcblk") && host.read(base + "/device/type").value_or("") != "MMC") continue;
    for (const char* file : {"/wwid", "/device/wwid", "/device/cid"}) {
      std::string name = readable_by_all(host, base + file);
      if (name.empty()) continue;
      names.push_back(std::move(name));
      break;
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string machine_id(const Host& host) {
  std::string id = readable_by_all(host, "/etc/machine-id");
  // Disk images hold "uninitialized" before their first start (machine-id(5)).
  if (id == "uninitialized") id.clear();
  return id.empty() ? readable_by_all(host, "/var/lib/dbus/machine-id") : id;
}

}  // namespace

void probe_identity(const Host& host, Machine& machine) {
  std::string hardware;
  const auto add = [](std::string& to, const char* what, const std::string& value) {
    if (!value.empty()) to += std::string(what) + "=" + value + "\n";
  };
  add(hardware, "uuid", readable_by_all(host, "/sys/class/dmi/id/product_uuid"));
  add(hardware, "serial", readable_by_all(host, "/proc/device-tree/serial-number"));
  // WSL2 gives its network card and its drives new names at each start.
  if (!machine.platform.virtualization.value.value_or("").starts_with("wsl2")) {
    for (const std::string& address : permanent_addresses(host)) add(hardware, "mac", address);
    // Drives count only if there is no card, because a drive is replaced more often than a board.
    if (hardware.empty())
      for (const std::string& name : drive_names(host)) add(hardware, "drive", name);
  }
  std::string secret;
  add(secret, "machine-id", machine_id(host));
  if (hardware.empty()) {
    machine.remarks.emplace_back(
        secret.empty() ? "nothing here tells this machine from another of its kind: machines alike get the "
                         "same id; use --label"
                       : "only its installation tells this machine from another: a copy of its disk gets "
                         "the same id; use --label");
  }
  secret += hardware;
  add(secret, "cpu", machine.cpu.name.value.value_or(""));
  add(secret, "cores", std::to_string(machine.topology.cores.value.value_or(0)));
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
