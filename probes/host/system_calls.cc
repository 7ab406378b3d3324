#include "probes/host/system_calls.h"

#include <sched.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <cerrno>
#include <system_error>

namespace weighin {

std::optional<KernelNames> kernel_names() {
  utsname names{};
  if (::uname(&names) != 0) return std::nullopt;
  return KernelNames{names.release, names.machine};
}

std::optional<MemoryCounts> memory_counts() {
  struct sysinfo facts {};
  if (::sysinfo(&facts) != 0) return std::nullopt;
  const uint64_t unit = facts.mem_unit;
  return MemoryCounts{facts.totalram * unit, facts.freeram * unit, facts.totalswap * unit,
                      facts.freeswap * unit};
}

tl::expected<DiskSpace, std::string> disk_space(const std::filesystem::path& folder) {
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0)
    return tl::unexpected(std::error_code(errno, std::generic_category()).message());
  return DiskSpace{uint64_t{space.f_blocks} * space.f_frsize, uint64_t{space.f_bavail} * space.f_frsize};
}

std::optional<uint32_t> allowed_threads() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return std::nullopt;
  return static_cast<uint32_t>(CPU_COUNT(&set));
}

bool everyone_may_read(const std::filesystem::path& file) {
  struct stat facts {};
  return ::stat(file.c_str(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0;
}

}  // namespace weighin
