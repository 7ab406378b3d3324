#include "probes/system/storage.h"

#include <algorithm>
#include <system_error>

#include "models/text/units.h"
#include "probes/host/storage_file.h"
#include "probes/host/system_calls.h"
#include "probes/host/text.h"

namespace weighin {

namespace {

constexpr uint64_t largest_file_bytes = 256_mib;
constexpr uint64_t smallest_file_bytes = 16_mib;

// /proc/mounts writes spaces and tabs as \040 and \011 (getmntent(3)).
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.size() - i > 3) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool is_below(const std::string& path, const std::string& mount) {
  if (mount == "/" || path == mount) return true;
  return path.starts_with(mount) && path[mount.size()] == '/';
}

// The type of the deepest mount above the folder. Of several at one place the last counts, because it covers
// the others.
Fact<std::string> filesystem_of(const Host& host, const std::string& folder) {
  const auto mounts = host.read("/proc/mounts");
  if (!mounts) return absent<std::string>(mounts.error(), "/proc/mounts");
  std::size_t deepest = 0;
  std::string type;
  for (const std::string_view line : lines_of(*mounts)) {
    const auto words = words_of(line);
    if (words.size() < 3) continue;
    const std::string mount = unescaped(words[1]);
    if (!is_below(folder, mount) || mount.size() < deepest) continue;
    deepest = mount.size();
    type = words[2];
  }
  if (type.empty()) return absent<std::string>("no mount covers the models folder", "/proc/mounts");
  return known(type, "/proc/mounts");
}

}  // namespace

std::filesystem::path models_folder(const Host& host) {
  std::filesystem::path folder = "/";
  const auto variable = [&](const char* name) {
    return host.environment ? host.environment(name).value_or("") : std::string();
  };
  const std::string data = variable("XDG_DATA_HOME");
  const std::string home = variable("HOME");
  if (!data.empty() && data[0] == '/')
    folder = std::filesystem::path(data) / "weighin/models";
  else if (!home.empty() && home[0] == '/')
    folder = std::filesystem::path(home) / ".local/share/weighin/models";
  std::error_code ignored;
  while (folder.has_relative_path() && !std::filesystem::is_directory(host.at(folder), ignored)) {
    folder = folder.parent_path();
  }
  return folder;
}

void probe_storage(const Host& host, Machine& machine) {
  Storage& storage = machine.storage;
  storage.where = "models folder";
  const std::filesystem::path folder = models_folder(host);
  std::error_code error;
  const auto real = host.live ? std::filesystem::canonical(folder, error) : folder;
  storage.filesystem = filesystem_of(host, error ? folder.string() : real.string());
  storage.read_bytes_per_s = absent<double>("not measured; weighin probe --measure does", "storage probe");
  if (!host.live) {
    storage.total_bytes = absent<uint64_t>("a recorded machine's disk cannot be asked", "statvfs");
    storage.free_bytes = storage.total_bytes;
    return;
  }
  const auto space = disk_space(folder);
  if (!space) {
    storage.total_bytes = absent<uint64_t>("the models folder's file system: " + space.error(), "statvfs");
    storage.free_bytes = storage.total_bytes;
    return;
  }
  storage.total_bytes = known(space->total_bytes, "statvfs");
  storage.free_bytes = known(space->free_bytes, "statvfs");
}

Fact<double> measure_storage(const std::filesystem::path& folder) {
  const char* source = "a temporary file in the models folder";
  const auto space = disk_space(folder);
  if (!space) return absent<double>("no file system to read: " + space.error(), source);
  const uint64_t bytes = std::min(largest_file_bytes, space->free_bytes / 4 / 1_mib * 1_mib);
  if (bytes < smallest_file_bytes) return absent<double>("too little free space for a file to read", source);
  auto file = StorageFile::make(folder, bytes);
  if (!file) return absent<double>(file.error(), source);
  const double seconds = file->read();
  if (seconds <= 0) return absent<double>("the file could not be read back", source);
  return known(static_cast<double>(bytes) / seconds, source);
}

}  // namespace weighin
