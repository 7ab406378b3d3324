// What a machine is, as the probes found it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/machine/fact.h"
#include "probes/machine/gpu.h"
#include "probes/machine/simd.h"

namespace weighin {

struct CoreKind {
  std::string kind;  // "performance", "middle", "efficiency", "low-power efficiency"; "core" if all are alike
  uint32_t cores = 0;
  uint32_t threads = 0;
  Fact<double> max_mhz;
};

struct Cache {
  uint32_t level = 0;
  std::string type;  // "data", "instruction", "unified"
  uint64_t bytes = 0;
  uint32_t shared_by_threads = 0;
  uint32_t count = 0;
};

struct NumaNode {
  uint32_t node = 0;
  uint64_t bytes = 0;
  uint32_t threads = 0;
};

struct Cpu {
  std::string architecture;  // "x86_64", "aarch64"
  Fact<std::string> name;
  Fact<Simd> simd;
  Fact<std::string> governor;
  Fact<double> mhz;  // now
  Fact<double> max_mhz;
};

/// How cores, caches and memory nodes are arranged (hwloc).
struct Topology {
  Fact<uint32_t> sockets;
  Fact<uint32_t> cores;
  Fact<uint32_t> threads;         // of the machine
  Fact<uint32_t> usable_threads;  // for this process (affinity, cpuset, cgroup quota rounded down)
  std::vector<CoreKind> core_kinds;
  std::vector<Cache> caches;
  std::vector<NumaNode> numa;
  Fact<uint64_t> last_level_cache_bytes;  // the sum over all last-level caches
  std::string caches_remark;              // why caches are not as the machine shows them; empty: they are
};

/// A limit on memory: what sets it, and what is left below it.
struct MemoryLimit {
  std::string kind;  // "cgroup", "ulimit -v", "ulimit -d"
  uint64_t bytes = 0;
  uint64_t available_bytes = 0;  // the limit less what is in use under it
  std::string source;
};

struct Memory {
  Fact<uint64_t> total_bytes;
  Fact<uint64_t> available_bytes;  // now, without swapping
  std::vector<MemoryLimit> limits;
  Fact<uint64_t> swap_total_bytes;
  Fact<uint64_t> swap_free_bytes;
  Fact<std::string> transparent_huge_pages;  // "always", "madvise", "never"
  Fact<uint64_t> huge_page_bytes;            // size of one
  Fact<uint64_t> huge_pages_free;            // how many
  Fact<uint64_t> huge_pages_reserved_bytes;  // of all sizes; ordinary allocations never get them
};

/// The memory that a program may still take: the smallest of what is available and of what each limit leaves.
struct UsableMemory {
  uint64_t bytes = 0;
  std::string limit;  // what binds: "RAM", "cgroup", "ulimit -v"
};

/// The most that programs could have if all others gave theirs back: the total without the huge pages that
/// are reserved. 0 if the total is not known.
uint64_t memory_for_programs(const Memory& memory);

/// What is usable now. If the available memory is not known, this is 0 with the limit "unknown".
UsableMemory usable_memory(const Memory& memory);

struct Storage {
  std::string where;  // "models folder"; never a path, which may hold a user's name
  Fact<std::string> filesystem;
  Fact<uint64_t> total_bytes;
  Fact<uint64_t> free_bytes;      // that an ordinary user may write
  Fact<double> read_bytes_per_s;  // absent unless it was measured
};

/// The board, the operating system, and the power source.
struct Platform {
  Fact<std::string> board;   // "Raspberry Pi 5 Model B"; on PCs the product name of DMI
  Fact<std::string> system;  // "Debian GNU/Linux 12 (bookworm)"
  Fact<std::string> kernel;  // its release
  Fact<std::string>
      virtualization;       // "wsl2", "kvm", "docker", ...; absent with reason "none found" on bare metal
  Fact<std::string> power;  // "mains", "battery 57%"
};

struct Machine {
  std::string id;     // stable, 16 hex digits (probes/system/identity.h)
  std::string label;  // board or CPU name and a short id, unless the user gave one
  Platform platform;
  Cpu cpu;
  Topology topology;
  Memory memory;
  Storage storage;
  Fact<std::vector<VulkanDevice>> vulkan;
  std::vector<GpuWithoutVulkan> gpus_without_vulkan;
  std::vector<std::string> remarks;  // "inside WSL2: the memory is the guest's"
  std::vector<std::string>
      warnings;  // what would spoil a measurement now: battery, powersave governor, other load
};

}  // namespace weighin
