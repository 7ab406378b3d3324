// The system calls with which probes ask the live machine. A probe makes them only if Host::live is set,
// because a recorded machine does not answer them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// What uname(2) says.
struct KernelNames {
  std::string release;  // "6.1.0-28-amd64"
  std::string machine;  // "x86_64"
};
std::optional<KernelNames> kernel_names();

/// What sysinfo(2) says, in bytes. Free memory does not include the page cache, which the kernel could drop.
struct MemoryCounts {
  uint64_t total_bytes = 0, free_bytes = 0;
  uint64_t swap_total_bytes = 0, swap_free_bytes = 0;
};
std::optional<MemoryCounts> memory_counts();

/// The space of a file system (statvfs(3)).
struct DiskSpace {
  uint64_t total_bytes = 0;
  uint64_t free_bytes = 0;  // what an ordinary user may still write
};
/// The space of the file system that holds `folder`. Error: the system's reason.
tl::expected<DiskSpace, std::string> disk_space(const std::filesystem::path& folder);

/// How many hardware threads this process may run on (sched_getaffinity(2)).
std::optional<uint32_t> allowed_threads();

/// Whether the mode of a file lets everyone read it (stat(2)). The answer does not depend on who asks.
bool everyone_may_read(const std::filesystem::path& file);

}  // namespace weighin
