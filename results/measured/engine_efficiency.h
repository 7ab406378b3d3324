// The efficiency of an engine: how many seconds it takes for work that takes the reference kernels one
// second. The factors ship with weighin, and are corrected where the engine was run on the device.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "results/records/measurement.h"
#include "results/records/prediction.h"
#include "results/records/verification.h"

namespace weighin {

inline constexpr std::string_view reference_engine = "reference";
inline constexpr std::string_view llamacpp_engine = "llama.cpp";
/// ONNX Runtime on the CPU, for encoders, from its own measured operations alone.
inline constexpr std::string_view onnxruntime_engine = "onnxruntime";

/// The engines that verdicts can be given for. The first one is the default.
std::span<const std::string_view> known_engines();

struct PartKey {
  Phase phase = Phase::decode;
  PartKind kind = PartKind::other;
  FormatId format = FormatId::none;
  auto operator<=>(const PartKey&) const = default;
};

/// The seconds of an engine over those of the reference kernels, for each part of a step, at one thread
/// count.
class EngineEfficiency {
 public:
  /// The reference kernels themselves.
  EngineEfficiency() = default;
  /// The factors that ship for `engine`, an instruction set (the last word of a kernel's name) and a
  /// thread count. They are corrected by the runs in `verified` that had as many threads; of equal
  /// cases the newest run counts. `processor` is the machine's, by name: on a processor of another family
  /// than the one that the factors were measured on they are surer of nothing than a left-out family shows
  /// (docs/method/engines.md). Empty: of that family.
  EngineEfficiency(std::string_view engine, std::string_view isa, uint32_t threads,
                   std::span<const Verification> verified, std::string_view processor = {});

  /// For a GPU. No engine was timed there beside the reference kernels yet, so the kernels' own seconds
  /// are taken.
  static EngineEfficiency of_gpu(std::string_view engine);

  std::string_view engine() const { return engine_; }
  EfficiencyBasis basis() const { return basis_; }
  /// Where the factors come from, as the end of a sentence: "shipped: llama.cpp v0.5.0, ...".
  const std::string& source() const { return source_; }

  /// The engine's seconds over the reference kernels' for such an operation; above 1 is slower.
  double factor(Phase phase, PartKind kind, FormatId format) const;
  /// The engine's seconds for an operation that takes the reference kernels `seconds`. `peak_s` is the
  /// time of its arithmetic at the measured peak of int8 (0: not known). In decode the products of an
  /// engine are bound by memory, as those of the reference kernels are, or by the engine's own
  /// arithmetic, which reaches a share of the peak. All other operations take the factor.
  double operation_s(Phase phase, PartKind kind, FormatId format, double seconds, double peak_s) const;
  /// Seconds that an operation costs in addition to its own work: the meeting of all threads, and the
  /// bookkeeping of the engine's graph.
  double overhead_s(Phase phase) const;
  /// The seconds that the engine takes for a whole step.
  double seconds(Phase phase, std::span<const StepPartTime> parts) const;
  /// Of models that the factors were not fitted to, 80% of the measured times lay within a factor of 1
  /// + this of their prediction.
  double residual(Phase phase) const;

 private:
  void learn(std::span<const Verification> verified, uint32_t threads);
  double correction(const PartKey& key) const;

  std::string_view engine_ = reference_engine;
  EfficiencyBasis basis_ = EfficiencyBasis::none;
  std::string source_;
  std::map<PartKey, double> factors_;      // shipped
  std::map<PartKey, double> corrections_;  // learned: of a part, beside its phase's
  double pass_ = 1;                        // shipped: over ours, where memory binds those
  std::map<FormatId, double> cores_;       // shipped: shares of the int8 peak, of a decoded token's products
  double overhead_s_[2] = {0, 0};
  double common_[2] = {1, 1};  // learned: of all parts of a phase
  double residual_[2] = {0, 0};
};

/// The instruction set with which most of the usable products on the CPU were measured, such as
/// "avx512vnni". Empty: no product was measured.
std::string isa_of(std::span<const Measurement> measurements);

}  // namespace weighin
