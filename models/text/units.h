// Units of bytes: GiB and MiB count by 1024, GB by 1000.
#pragma once

#include <cstdint>

namespace weighin {

inline constexpr double bytes_per_mib = 1024.0 * 1024;
inline constexpr double bytes_per_gib = 1024.0 * 1024 * 1024;
inline constexpr double bytes_per_gb = 1e9;

/// `bytes` in GiB. A division by a power of two is exact.
template <typename Number>
constexpr double in_gib(Number bytes) {
  return static_cast<double>(bytes) / bytes_per_gib;
}

/// `bytes` in MiB.
template <typename Number>
constexpr double in_mib(Number bytes) {
  return static_cast<double>(bytes) / bytes_per_mib;
}

/// `bytes` in GB, the unit in which downloads, storage and bandwidths are stated.
template <typename Number>
constexpr double in_gb(Number bytes) {
  return static_cast<double>(bytes) / bytes_per_gb;
}

/// Whole numbers of bytes: 16_gib, 256_mib.
constexpr uint64_t operator""_mib(unsigned long long count) {
  return uint64_t{count} << 20;
}
constexpr uint64_t operator""_gib(unsigned long long count) {
  return uint64_t{count} << 30;
}

}  // namespace weighin
