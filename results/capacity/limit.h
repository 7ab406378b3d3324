// The limit that binds: which resource keeps a model from running, or from running well, as arithmetic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weighin {

enum class LimitKind : uint8_t {
  none,     // nothing binds
  unknown,  // what would bind is not known
  ram,
  cgroup,        // a container's memory
  ulimit_v,      // a process's address space (setrlimit, RLIMIT_AS)
  ulimit_d,      // a process's data (RLIMIT_DATA)
  memory_limit,  // a hard limit that a stored device had, of a kind that this version does not know
  vram,
  target,  // a size that was asked for
  storage,
  speed,
  // Of a GPU's driver:
  max_storage_buffer_range,
  max_memory_allocation_size,
  max_memory_allocation_count,
};

/// As answers spell it: "RAM", "cgroup", "ulimit -v", "VRAM", "storage", "speed", "none",
/// "maxStorageBufferRange".
std::string_view limit_name(LimitKind kind);

/// The memory limit that a probe or a stored device calls so; `memory_limit` where nobody does.
LimitKind memory_limit_of(std::string_view name);

struct Limit {
  LimitKind kind = LimitKind::none;
  double needed = 0;  // bytes; tokens/s, seconds or milliseconds of `speed`; pieces of ..._count
  double usable = 0;  // likewise
  std::string text;   // "needs 4.9 GiB, 3.1 GiB available: RAM"
};

/// needed / usable; very large where nothing is usable.
double share_of(const Limit& limit);

}  // namespace weighin
