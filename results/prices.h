// What one operation costs: the measured problems of a device as a price list.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "results/measurement.h"

namespace weighin {

/// Whether a measurement may be stood on: measured, and a time above zero.
bool usable(const Measurement& measurement);

bool is_matrix(Op op);
bool is_attention(Op op);

/// How far a time may be off, relative, to either side.
struct Spread {
  double slower = 0;
  double faster = 0;
};

/// Seconds of one operation, and what they stand on.
struct Price {
  double seconds = 0;
  Spread spread;
  bool stand_in = false;      // scaled from a measurement of another k, batch or head count
  int64_t measurement = 0;    // its id
  std::string note;           // how it was scaled
  uint32_t from_threads = 0;  // scaled from what was measured at another thread count
};

/// The measured problems at one thread count. Each price is that of the nearest problem of the same operation
/// and format, scaled by what its time grows with (docs/method.md). What was not measured at this count is
/// taken from the count with the most measurements, by how the products measured at both compare.
class Prices {
 public:
  Prices(std::span<const Measurement> measurements, uint32_t threads);

  /// Nothing where no problem of the operation and format was measured.
  std::optional<Price> of(const Problem& problem) const;

 private:
  std::optional<Price> measured_here(const Problem& problem) const;
  std::optional<Price> from_other_count(const Problem& problem) const;
  std::optional<Price> scaled(const Problem& problem) const;
  void at_least_one_pass(const Problem& problem, Price& price) const;
  std::optional<Price> of_f16_cache(Problem problem) const;
  std::optional<Price> attention_of_each_token(const Problem& problem) const;
  const Measurement* nearest(const Problem& problem, uint32_t threads) const;

  std::span<const Measurement> measurements_;
  uint32_t threads_;
  double barrier_s_ = 0;
  std::shared_ptr<const Prices> other_;  // of other_threads_
  uint32_t other_threads_ = 0;           // the count with the most measurements; 0: this one
  std::optional<double> of_decode_;      // seconds here over seconds there, of products of one token,
  std::optional<double> of_prefill_;     // and of many
};

}  // namespace weighin
