#include "probes/system/memory.h"

#include <fmt/format.h>

#include <limits>

#include "models/text/units.h"
#include "probes/host/system_calls.h"
#include "probes/host/text.h"

namespace weighin {

namespace {

// The fields of /proc/meminfo are in "kB", which means 1024 bytes there (proc(5)).
Fact<uint64_t> meminfo_bytes(const std::string& text, const char* key) {
  const std::string source = std::string("/proc/meminfo ") + key;
  const auto value = field(text, key);
  if (!value) return absent<uint64_t>(std::string("/proc/meminfo has no line ") + key, source);
  const auto words = words_of(*value);
  const auto number = words.empty() ? std::nullopt : whole_number(words[0]);
  if (!number) return absent<uint64_t>(std::string(key) + " in /proc/meminfo is not a number", source);
  const bool kib = words.size() > 1 && words[1] == "kB";
  if (kib && *number > std::numeric_limits<uint64_t>::max() / 1024) {
    return absent<uint64_t>(std::string(key) + " in /proc/meminfo is too large to be true", source);
  }
  return known(kib ? *number * 1024 : *number, source);
}

// The mode in force is the one in brackets: "always [madvise] never".
Fact<std::string> huge_page_mode(const Host& host) {
  const char* path = "/sys/kernel/mm/transparent_hugepage/enabled";
  const auto text = host.read(path);
  if (!text) return absent<std::string>(text.error(), path);
  const auto open = text->find('[');
  const auto close = text->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) {
    return absent<std::string>("no mode in brackets in \"" + *text + "\"", path);
  }
  return known(text->substr(open + 1, close - open - 1), path);
}

// Kernels before 3.14 report no MemAvailable. Free memory plus page cache is then the usual estimate
// (proc(5)).
Fact<uint64_t> available_bytes(const std::string& text) {
  auto available = meminfo_bytes(text, "MemAvailable");
  if (available.known()) return available;
  const auto free = meminfo_bytes(text, "MemFree");
  const auto cached = meminfo_bytes(text, "Cached");
  if (!free.known() || !cached.known()) return available;
  return known(*free.value + *cached.value, "/proc/meminfo MemFree + Cached");
}

/// What is set apart for huge pages. "Hugetlb" counts pages of all sizes (Linux 4.16 and newer); before, only
/// those of the default size are told.
Fact<uint64_t> huge_pages_reserved(const std::string& text) {
  auto all_sizes = meminfo_bytes(text, "Hugetlb");
  if (all_sizes.known()) return all_sizes;
  const auto pages = meminfo_bytes(text, "HugePages_Total"), size = meminfo_bytes(text, "Hugepagesize");
  if (!pages.known() || !size.known()) return all_sizes;
  return known(*pages.value * *size.value, "/proc/meminfo HugePages_Total x Hugepagesize");
}

/// ZFS keeps its cache (ARC) outside of Linux's page cache, and so MemAvailable does not count it. The file
/// has lines "name type value".
void remark_on_zfs(const Host& host, Machine& machine) {
  const auto statistics = host.read("/proc/spl/kstat/zfs/arcstats");
  if (!statistics) return;
  for (const std::string_view line : lines_of(*statistics)) {
    const auto words = words_of(line);
    const auto bytes = words.size() == 3 && words[0] == "size" ? whole_number(words[2]) : std::nullopt;
    if (!bytes || *bytes < 1_gib) continue;
    machine.remarks.push_back(fmt::format(
        "ZFS caches files in {:.1f} GiB of memory, which are not counted as available; it gives most "
        "of them back where programs need memory",
        in_gib(*bytes)));
  }
}

/// Asks the kernel by a system call if /proc is missing. Its free memory does not include the page cache that
/// could be dropped, so it is the least that is available.
void ask_kernel(Memory& memory) {
  const auto counts = memory_counts();
  if (!counts) return;
  memory.total_bytes = known(counts->total_bytes, "sysinfo(2)");
  memory.available_bytes = known(counts->free_bytes, "sysinfo(2), free memory without the page cache");
  memory.swap_total_bytes = known(counts->swap_total_bytes, "sysinfo(2)");
  memory.swap_free_bytes = known(counts->swap_free_bytes, "sysinfo(2)");
}

}  // namespace

void probe_memory(const Host& host, Machine& machine) {
  Memory& memory = machine.memory;
  const auto text = host.read("/proc/meminfo");
  if (text) {
    memory.total_bytes = meminfo_bytes(*text, "MemTotal");
    memory.available_bytes = available_bytes(*text);
    memory.swap_total_bytes = meminfo_bytes(*text, "SwapTotal");
    memory.swap_free_bytes = meminfo_bytes(*text, "SwapFree");
    memory.huge_page_bytes = meminfo_bytes(*text, "Hugepagesize");
    memory.huge_pages_free = meminfo_bytes(*text, "HugePages_Free");
    memory.huge_pages_reserved_bytes = huge_pages_reserved(*text);
  } else {
    for (Fact<uint64_t>* fact :
         {&memory.total_bytes, &memory.available_bytes, &memory.swap_total_bytes, &memory.swap_free_bytes,
          &memory.huge_page_bytes, &memory.huge_pages_free, &memory.huge_pages_reserved_bytes}) {
      *fact = absent<uint64_t>(text.error(), "/proc/meminfo");
    }
    if (host.live) ask_kernel(memory);
  }
  memory.transparent_huge_pages = huge_page_mode(host);
  remark_on_zfs(host, machine);
}

}  // namespace weighin
