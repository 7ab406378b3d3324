#include "probes/storage.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <random>
#include <system_error>

#include "probes/text.h"

namespace weighin {

namespace {

constexpr uint64_t mib = uint64_t{1} << 20;
constexpr uint64_t largest_file_bytes = 256 * mib;
constexpr uint64_t smallest_file_bytes = 16 * mib;
// The page size of every Linux we run on divides it, as do the sector sizes O_DIRECT asks for.
constexpr std::size_t chunk_bytes = 4 * mib;

std::string why() {
  return std::error_code(errno, std::generic_category()).message();
}

// Spaces and tabs stand in /proc/mounts as \040 and \011 (getmntent(3)).
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

// The type of the deepest mount above the folder; of equals the last, which covers the others.
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

struct File {
  int descriptor;
  explicit File(int opened) : descriptor(opened) {}
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

using Buffer = std::unique_ptr<char, decltype(&std::free)>;

// Random bytes: a file system may store zeros as a hole or compress what repeats.
Buffer random_chunk() {
  Buffer buffer(static_cast<char*>(std::aligned_alloc(4096, chunk_bytes)), std::free);
  if (!buffer) return buffer;
  std::mt19937_64 random(1);
  for (std::size_t i = 0; i < chunk_bytes; i += sizeof(uint64_t)) {
    const uint64_t word = random();
    std::copy_n(reinterpret_cast<const char*>(&word), sizeof word, buffer.get() + i);
  }
  return buffer;
}

bool write_file(int file, const char* chunk, uint64_t bytes) {
  for (uint64_t done = 0; done < bytes;) {
    const ssize_t wrote = ::write(file, chunk, std::min<uint64_t>(chunk_bytes, bytes - done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<uint64_t>(wrote);
  }
  return ::fdatasync(file) == 0;
}

uint64_t read_file(int file, char* chunk, uint64_t bytes) {
  uint64_t done = 0;
  while (done < bytes) {
    const ssize_t got = ::read(file, chunk, chunk_bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<uint64_t>(got);
  }
  return done;
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
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0) {
    storage.total_bytes = absent<uint64_t>("the models folder's file system: " + why(), "statvfs");
    storage.free_bytes = storage.total_bytes;
    return;
  }
  storage.total_bytes = known(uint64_t{space.f_blocks} * space.f_frsize, "statvfs");
  storage.free_bytes = known(uint64_t{space.f_bavail} * space.f_frsize, "statvfs");
}

Fact<double> measure_storage(const std::filesystem::path& folder) {
  const char* source = "a temporary file in the models folder";
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0)
    return absent<double>("no file system to read: " + why(), source);
  const uint64_t spare = uint64_t{space.f_bavail} * space.f_frsize / 4;
  const uint64_t bytes = std::min(largest_file_bytes, spare / chunk_bytes * chunk_bytes);
  if (bytes < smallest_file_bytes) return absent<double>("too little free space for a file to read", source);
  std::string name = (folder / "weighin-read-XXXXXX").string();
  const File written(::mkostemp(name.data(), O_CLOEXEC));
  if (written.descriptor < 0) return absent<double>("could not write a file to read: " + why(), source);
  const File direct(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT));
  // Removed now, so that nothing stays behind whatever happens; the open descriptors keep the data.
  ::unlink(name.c_str());
  const Buffer chunk = random_chunk();
  if (!chunk) return absent<double>("no memory for a read buffer", source);
  if (!write_file(written.descriptor, chunk.get(), bytes)) {
    return absent<double>("could not write a file to read: " + why(), source);
  }
  ::posix_fadvise(written.descriptor, 0, 0, POSIX_FADV_DONTNEED);
  ::lseek(written.descriptor, 0, SEEK_SET);
  // tmpfs and some network file systems refuse O_DIRECT; there the advice above has to do.
  const int file = direct.descriptor >= 0 ? direct.descriptor : written.descriptor;
  const auto start = std::chrono::steady_clock::now();
  const uint64_t done = read_file(file, chunk.get(), bytes);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (done != bytes || seconds.count() <= 0) return absent<double>("the file could not be read back", source);
  return known(static_cast<double>(bytes) / seconds.count(), source);
}

}  // namespace weighin
