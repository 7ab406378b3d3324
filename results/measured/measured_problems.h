// The measurements of a device as they are looked up.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "results/records/measurement.h"

namespace weighin {

/// The usable measurements of a device, looked up by operation, format and thread count. It refers to the
/// measurements and does not copy them.
class MeasuredProblems {
 public:
  /// Of one CPU, or of one GPU.
  explicit MeasuredProblems(std::span<const Measurement* const> measurements);

  /// The usable measurements of that kind, in the order in which they were given.
  std::span<const Measurement* const> of(Op op, FormatId format, uint32_t threads) const;
  /// The thread counts at which matrix products were measured, in ascending order.
  const std::vector<uint32_t>& thread_counts() const { return thread_counts_; }
  /// The thread count at which the most products were measured. Of two equal ones it is the larger. 0:
  /// no product was measured.
  uint32_t most_measured() const { return most_measured_; }
  /// How much longer products (gemv or gemm) take with `threads` threads than with `other`: the
  /// geometric mean over the problems that were measured with both.
  std::optional<double> slower_than(Op op, uint32_t threads, uint32_t other) const;

 private:
  using Kind = std::tuple<Op, FormatId, uint32_t>;
  std::map<Kind, std::vector<const Measurement*>> kinds_;
  std::vector<uint32_t> thread_counts_;
  uint32_t most_measured_ = 0;
};

}  // namespace weighin
