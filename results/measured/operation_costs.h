// The cost of one operation: how many seconds it takes, by the measured problems of a device.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "results/measured/measured_problems.h"
#include "results/measured/spread.h"
#include "results/records/measurement.h"

namespace weighin {

/// The seconds of one operation, and the measurement that they come from.
struct OperationCost {
  double seconds = 0;
  Spread spread;
  bool stand_in = false;      // scaled from a measurement of another k, batch or head count
  bool other_format = false;  // scaled from a measurement of another format
  int64_t measurement = 0;    // its id
  std::string note;           // how it was scaled
  uint32_t from_threads = 0;  // scaled from what was measured at another thread count
};

/// The costs of operations at one thread count, or on a GPU, whose thread count is 1. The cost of a
/// problem is that of the nearest measured problem of the same operation and format, scaled by what its
/// time grows with (docs/method/measured.md). What was not measured at this thread count is taken from
/// the count with the most measurements, scaled as the products that were measured at both counts
/// compare.
class OperationCosts {
 public:
  /// `measured` must outlive this object, and so must `other`: the costs at the thread count with the
  /// most measurements, or nullptr where this is that count.
  OperationCosts(const MeasuredProblems& measured, uint32_t threads, const OperationCosts* other);

  /// The cost of `problem`. Empty: no problem of that operation was measured, of no format where it is a
  /// product or an embedding.
  std::optional<OperationCost> of(const Problem& problem) const;

 private:
  std::optional<OperationCost> measured_here(const Problem& problem) const;
  std::optional<OperationCost> from_other_count(const Problem& problem) const;
  std::optional<OperationCost> scaled(const Problem& problem) const;
  std::optional<OperationCost> of_other_format(const Problem& problem) const;
  void at_least_one_pass(const Problem& problem, OperationCost& cost) const;
  std::optional<OperationCost> of_f16_cache(Problem problem) const;
  std::optional<OperationCost> attention_of_each_token(const Problem& problem) const;
  const Measurement* nearest(const Problem& problem, uint32_t threads) const;

  const MeasuredProblems& measured_;
  uint32_t threads_;
  double fixed_s_ = 0;  // of an operation: all threads meet once; on a GPU the next waits for it
  const OperationCosts* other_;
  std::optional<double> of_decode_;   // seconds here over seconds there, of products of one token,
  std::optional<double> of_prefill_;  // and of many
};

}  // namespace weighin
