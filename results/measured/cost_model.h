// The cost model of a device: what its measurements say of the seconds of any operation.
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

#include "results/measured/engine_costs.h"
#include "results/measured/engine_efficiency.h"
#include "results/measured/operation_costs.h"
#include "results/records/measurement.h"
#include "results/records/verification.h"

namespace weighin {

/// The costs of operations on a CPU or on one GPU, and the efficiency of engines there. It is made once
/// for a device and then asked for every model, format and step. It refers to the measurements that it
/// was made of.
class CostModel {
 public:
  /// The cost model of a device's CPU, which also holds the cost models of its GPUs. The efficiency of
  /// engines on the CPU is learned from `verified`, the runs of engines there. `of_engines` are rows of
  /// engines' own kernels, and `processor` is the CPU's name, where it is known.
  explicit CostModel(std::span<const Measurement> measurements, std::span<const Verification> verified = {},
                     std::span<const Measurement> of_engines = {}, std::string_view processor = {});
  CostModel(const CostModel&) = delete;
  CostModel& operator=(const CostModel&) = delete;

  /// The cost model of the GPU with that id. nullptr: nothing was measured on it, and nothing was
  /// tried.
  const CostModel* gpu(std::string_view id) const;
  /// Whether this is the cost model of a GPU.
  bool on_gpu() const { return !gpu_.empty(); }

  /// All measurements, including those that failed or were skipped.
  std::span<const Measurement* const> measurements() const { return measurements_; }
  /// The thread counts at which products were measured, in ascending order; on a GPU it is 1. Each of
  /// them has operation costs and efficiencies.
  const std::vector<uint32_t>& thread_counts() const { return measured_.thread_counts(); }
  const OperationCosts& operation_costs(uint32_t threads) const { return costs_.at(threads); }
  /// The efficiency of one of known_engines(), or of the reference kernels.
  const EngineEfficiency& efficiency(std::string_view engine, uint32_t threads) const;
  /// The thread counts at which kernels of `engine` itself were measured, in ascending order.
  std::vector<uint32_t> engine_thread_counts(std::string_view engine) const;
  /// The costs of the engine's own kernels. nullptr: they were not measured with so many threads.
  const EngineCosts* engine_costs(std::string_view engine, uint32_t threads) const;
  /// The engine that was measured, with its version and build. Empty: none was.
  const std::string& engine_measured(std::string_view engine = llamacpp_engine) const;
  /// The measured peak of int8 dot products in registers, in operations/s. 0: it was not measured with
  /// so many threads.
  double int8_peak(uint32_t threads) const;
  /// The bytes/s of the fastest storage that was measured. Empty: no storage was measured.
  std::optional<double> storage_bytes_per_s() const { return storage_bytes_per_s_; }

 private:
  /// The cost model of what was measured on the GPU with the id `gpu`, or on the CPU where `gpu` is
  /// empty.
  CostModel(std::span<const Measurement> measurements, std::span<const Verification> verified,
            std::span<const Measurement> of_engines, std::string_view processor, std::string gpu);
  void take_engine(std::string_view engine, std::span<const Measurement> of_engines);

  std::string gpu_;
  std::vector<const Measurement*> measurements_;
  MeasuredProblems measured_;
  std::map<uint32_t, OperationCosts> costs_;
  std::map<std::pair<std::string_view, uint32_t>, EngineEfficiency> efficiencies_;
  EngineEfficiency reference_;
  std::map<std::string_view, std::string> engines_measured_;
  std::map<std::pair<std::string_view, uint32_t>, EngineCosts> engine_costs_;
  std::optional<double> storage_bytes_per_s_;
  std::map<std::string, std::unique_ptr<CostModel>, std::less<>> gpus_;
};

}  // namespace weighin
