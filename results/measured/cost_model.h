// What the answers for a device stand on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/measured/engine_efficiency.h"
#include "results/measured/operation_costs.h"
#include "results/records/measurement.h"
#include "results/records/verification.h"

namespace weighin {

/// Measurements of a CPU, or of one GPU, as cost lists, and the efficiency of engines on it. Made once a
/// device and asked for every model, format and step. Refers to what it was made of.
class CostModel {
 public:
  /// Of a device's CPU, with that of its GPUs beside it. `verified`: runs of engines on the CPU, from which
  /// their efficiency is learned.
  explicit CostModel(std::span<const Measurement> measurements, std::span<const Verification> verified = {});
  CostModel(const CostModel&) = delete;
  CostModel& operator=(const CostModel&) = delete;

  /// Of the GPU with that id; nullptr where nothing was tried on it.
  const CostModel* gpu(std::string_view id) const;
  /// Whether it is a GPU's itself.
  bool on_gpu() const { return !gpu_.empty(); }

  /// All of it, with those that came to nothing.
  std::span<const Measurement* const> measurements() const { return measurements_; }
  /// At which products were measured, ascending (on a GPU 1); each has costs and efficiencies.
  const std::vector<uint32_t>& thread_counts() const { return measured_.thread_counts(); }
  const OperationCosts& operation_costs(uint32_t threads) const { return costs_.at(threads); }
  /// Of one of known_engines() or the reference kernels.
  const EngineEfficiency& efficiency(std::string_view engine, uint32_t threads) const;
  /// Operations/s of int8 dot products in registers; 0: not measured at so many threads.
  double int8_peak(uint32_t threads) const;
  /// Of the fastest storage measured; empty: none was.
  std::optional<double> storage_bytes_per_s() const { return storage_bytes_per_s_; }

 private:
  /// Of what was measured on `gpu` (its id), or of the CPU (empty).
  CostModel(std::span<const Measurement> measurements, std::span<const Verification> verified,
            std::string gpu);

  std::string gpu_;
  std::vector<const Measurement*> measurements_;
  MeasuredProblems measured_;
  std::map<uint32_t, OperationCosts> costs_;
  std::map<std::pair<std::string_view, uint32_t>, EngineEfficiency> efficiencies_;
  EngineEfficiency reference_;
  std::optional<double> storage_bytes_per_s_;
  std::map<std::string, std::unique_ptr<CostModel>, std::less<>> gpus_;
};

}  // namespace weighin
