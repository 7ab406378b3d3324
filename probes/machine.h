// What a machine is, as the probes found it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "probes/fact.h"
#include "probes/host.h"

namespace weighin {

/// Instruction-set features that matter to dot products, as the CPU and the operating system both allow them.
struct Simd {
  // x86
  bool sse42 = false, avx = false, avx2 = false, fma = false, f16c = false;
  bool avx512f = false, avx512bw = false, avx512vl = false, avx512dq = false;
  bool avx512vnni = false, avx512bf16 = false, avx512fp16 = false;
  bool avxvnni = false, amx_tile = false, amx_int8 = false, amx_bf16 = false;
  // ARM
  bool neon = false, arm_fp16 = false, dotprod = false, i8mm = false, arm_bf16 = false, sve = false;

  /// Names of the features present, widest last: {"sse4.2", "avx2", ...}.
  std::vector<std::string> names() const;
};

struct CoreKind {
  std::string kind;  // "performance", "efficiency", or "core" when all are alike
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

/// How the cores and caches hang together (hwloc).
struct Topology {
  Fact<uint32_t> sockets;
  Fact<uint32_t> cores;
  Fact<uint32_t> threads;         // of the machine
  Fact<uint32_t> usable_threads;  // this process may run on (affinity, cpuset, cgroup quota rounded up)
  std::vector<CoreKind> core_kinds;
  std::vector<Cache> caches;
  std::vector<NumaNode> numa;
  Fact<uint64_t> last_level_cache_bytes;  // the sum over all last-level caches
  std::string caches_remark;              // why they are not what the machine shows; empty: they are
};

/// A ceiling on memory: what sets it and what is left below it.
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
};

/// What a program may still take: the smallest of what is available and what every limit leaves.
struct UsableMemory {
  uint64_t bytes = 0;
  std::string limit;  // what binds: "RAM", "cgroup", "ulimit -v"
};

/// Usable now. Unknown availability counts as 0 with limit "unknown".
UsableMemory usable_memory(const Memory& memory);

struct Storage {
  std::string where;  // "models folder", never a path: paths hold user names
  Fact<std::string> filesystem;
  Fact<uint64_t> total_bytes;
  Fact<uint64_t> free_bytes;      // to an ordinary user
  Fact<double> read_bytes_per_s;  // only when measured
};

struct VulkanHeap {
  uint64_t bytes = 0;
  bool device_local = false;
  std::optional<uint64_t> free_bytes;  // now, where the driver says
};

/// How warm a GPU is and what it draws, now.
struct GpuSensors {
  Fact<double> temperature_c;
  Fact<double> power_w;
  Fact<double> power_limit_w;
  Fact<double> clock_mhz;  // of its cores
};

/// A GPU as Vulkan shows it.
struct VulkanDevice {
  std::string id;  // probes/gpu/vulkan.h
  std::string name;
  std::string driver;
  std::string driver_version;
  std::string type;  // "discrete", "integrated", "virtual", "cpu", "other"
  std::string api_version;
  bool software = false;  // a rasterizer on the CPU: never offered as a GPU
  bool unified = false;   // shares the machine's memory
  std::vector<VulkanHeap> heaps;
  Fact<uint64_t> memory_total_bytes;  // of its own, or of the machine's what it can use
  Fact<uint64_t> memory_free_bytes;   // now
  uint64_t max_storage_buffer_range = 0;
  uint64_t max_allocation_bytes = 0;
  uint32_t max_allocations = 0;
  uint32_t vendor_id = 0, device_id = 0;  // of PCI
  std::string pci;                        // "0000:01:00.0"; empty: it is not known to be on that bus
  uint32_t subgroup_size = 0, max_group_threads = 0, max_shared_bytes = 0;
  bool float16 = false, int8 = false, storage16 = false;  // arithmetic; 16-bit numbers in buffers
  bool integer_dot = false, integer_dot_accelerated = false;
  bool cooperative_matrix = false;
  std::vector<std::string> cooperative_matrices;          // a subgroup's: "16x16x16 f16 x f16 + f32"
  uint32_t min_subgroup_size = 0, max_subgroup_size = 0;  // 0: one size alone
  uint64_t max_buffer_bytes = 0;                          // 0: the driver does not say
  bool storage8 = false;                                  // 8-bit numbers in buffers
  bool conformant = false;                // the driver names the version of the tests that it passed
  std::string render_node;                // "renderD128"; empty: not known
  std::string driver_manifest;            // the file's name, where the loader was held to this driver
  std::vector<std::string> also_through;  // other drivers that show this same GPU
  GpuSensors sensors;
};

/// A GPU that the kernel or its vendor's library shows and Vulkan does not.
struct GpuWithoutVulkan {
  std::string name;  // its vendor and number of PCI where nobody names it
  std::string pci;   // "0000:01:00.0", or empty
  uint32_t vendor_id = 0, device_id = 0;
  std::string kernel_driver;  // "amdgpu", or empty: none is bound
  std::string reason;         // why Vulkan does not show it, as far as is known
  Fact<uint64_t> memory_total_bytes;
  Fact<uint64_t> memory_free_bytes;  // now
  GpuSensors sensors;
};

/// Where the operating system runs and what feeds it.
struct Platform {
  Fact<std::string> board;   // "Raspberry Pi 5 Model B", DMI product
  Fact<std::string> system;  // "Debian GNU/Linux 12 (bookworm)"
  Fact<std::string> kernel;  // release
  Fact<std::string>
      virtualization;       // "wsl2", "kvm", "docker", ...; absent with reason "none found" on bare metal
  Fact<std::string> power;  // "mains", "battery 57%"
};

struct Machine {
  std::string id;     // stable, 16 hex digits (probes/identity.h)
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

/// One probe: its name in messages and what it fills. Probes only read.
struct Probe {
  const char* name;
  void (*fill)(const Host& host, Machine& machine);
};

/// Where models would be kept, for the storage probe: an existing folder or the nearest existing parent is
/// used.
std::filesystem::path models_folder(const Host& host);

/// Runs every probe of all_probes.cc, in that order. Never fails: what cannot be read is absent with its
/// reason.
Machine probe_machine(const Host& host);

/// All of it as JSON text, absent facts as {"absent": reason}; `indent` < 0 for one line.
std::string machine_json(const Machine& machine, int indent = 2);

/// All of it for a terminal, one fact a line.
std::string machine_text(const Machine& machine);

}  // namespace weighin
