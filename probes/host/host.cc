#include "probes/host/host.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "models/text/units.h"
#include "probes/host/process.h"

namespace weighin {

namespace {

// The files that probes read are smaller. The rest of a longer file is not read.
constexpr std::size_t longest_file_bytes = 4_mib;

std::string why(int error) {
  return std::error_code(error, std::generic_category()).message();
}

}  // namespace

std::filesystem::path Host::at(const std::filesystem::path& absolute_path) const {
  return root / absolute_path.relative_path();
}

bool Host::exists(const std::filesystem::path& absolute_path) const {
  std::error_code ignored;
  return std::filesystem::exists(at(absolute_path), ignored);
}

std::vector<std::string> Host::list(const std::filesystem::path& absolute_path) const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(at(absolute_path), error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  std::sort(names.begin(), names.end());
  return names;
}

tl::expected<std::string, std::string> Host::read(const std::filesystem::path& absolute_path) const {
  // O_NONBLOCK, because a recorded tree or an unusual /etc may hold a pipe, and a probe must never wait for a
  // writer.
  const int file = ::open(at(absolute_path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return tl::unexpected(absolute_path.string() + ": " + why(errno));
  std::string text;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t got = ::read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      ::close(file);
      return tl::unexpected(absolute_path.string() + ": " + why(error));
    }
    if (got == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() >= longest_file_bytes) break;
  }
  ::close(file);
  // Device-tree strings end in a NUL byte.
  const auto last = text.find_last_not_of(std::string(" \t\r\n\v\f\0", 7));
  text.erase(last == std::string::npos ? 0 : last + 1);
  return text;
}

Host this_host() {
  Host host;
  std::error_code error;
  host.program = std::filesystem::read_symlink("/proc/self/exe", error);
  host.run_process = run_process;
  host.stream_process = stream_process;
  host.environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
  host.now = [] { return std::chrono::system_clock::now(); };
  return host;
}

Host recorded_host(std::filesystem::path root) {
  Host host;
  host.root = std::move(root);
  host.live = false;
  host.run_process = [](const std::vector<std::string>&,
                        std::chrono::milliseconds) -> tl::expected<ProcessResult, std::string> {
    return tl::unexpected(std::string("a recorded machine runs no programs"));
  };
  host.stream_process = [](const std::vector<std::string>&, std::chrono::milliseconds,
                           const LineReader&) -> tl::expected<ProcessResult, std::string> {
    return tl::unexpected(std::string("a recorded machine runs no programs"));
  };
  host.environment = [](const char*) -> std::optional<std::string> { return std::nullopt; };
  host.now = [] { return std::chrono::system_clock::time_point{}; };
  return host;
}

}  // namespace weighin
