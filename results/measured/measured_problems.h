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

/// What was measured on a device, found by operation, format and thread count. It refers to the measurements.
class MeasuredProblems {
 public:
  /// Of one CPU, or of one GPU.
  explicit MeasuredProblems(std::span<const Measurement* const> measurements);

  /// Usable measurements of that kind, in their order.
  std::span<const Measurement* const> of(Op op, FormatId format, uint32_t threads) const;
  /// At which products were measured, ascending.
  const std::vector<uint32_t>& thread_counts() const { return thread_counts_; }
  /// The count at which the most products were measured, the larger of two; 0 where none was.
  uint32_t most_measured() const { return most_measured_; }
  /// Seconds of products (gemv or gemm) at `threads` over those at `other`: the geometric mean over the
  /// problems measured at both.
  std::optional<double> slower_than(Op op, uint32_t threads, uint32_t other) const;

 private:
  using Kind = std::tuple<Op, FormatId, uint32_t>;
  std::map<Kind, std::vector<const Measurement*>> kinds_;
  std::vector<uint32_t> thread_counts_;
  uint32_t most_measured_ = 0;
};

}  // namespace weighin
