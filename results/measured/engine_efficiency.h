// What an engine takes where the reference kernels take a second: shipped, and learned again where it was
// run.
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

/// The engines that fit answers for: the default first.
std::span<const std::string_view> known_engines();

struct PartKey {
  Phase phase = Phase::decode;
  PartKind kind = PartKind::other;
  FormatId format = FormatId::none;
  auto operator<=>(const PartKey&) const = default;
};

/// An engine's seconds over the reference kernels', part by part, at one thread count.
class EngineEfficiency {
 public:
  /// The reference kernels themselves.
  EngineEfficiency() = default;
  /// What is shipped of `engine` for an instruction set (the last word of a kernel's name) and thread count,
  /// corrected by those of `verified` that ran it with as many threads, the newest of each case.
  EngineEfficiency(std::string_view engine, std::string_view isa, uint32_t threads,
                   std::span<const Verification> verified);

  /// On a GPU, where no engine was timed beside the reference kernels yet: their own seconds.
  static EngineEfficiency of_gpu(std::string_view engine);

  std::string_view engine() const { return engine_; }
  EfficiencyBasis basis() const { return basis_; }
  /// Where the factors are from, as a sentence's end: "shipped: llama.cpp v0.5.0, ...".
  const std::string& source() const { return source_; }

  /// The engine's seconds over the reference kernels' for such an operation; above 1 is slower.
  double factor(Phase phase, PartKind kind, FormatId format) const;
  /// The engine's seconds where the reference kernels take `seconds`, and its operations `peak_s` at the peak
  /// of int8 (0: not known). A decoded token's products are bound by memory, as the reference kernels' are,
  /// or by the engine's own arithmetic, a share of the peak; else by the factor.
  double operation_s(Phase phase, PartKind kind, FormatId format, double seconds, double peak_s) const;
  /// What an operation costs beside its own work, seconds.
  double overhead_s(Phase phase) const;
  /// A step's seconds by the engine.
  double seconds(Phase phase, std::span<const StepPartTime> parts) const;
  /// 80% of unseen models' times lay within a factor of 1 + this of their prediction.
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

/// The instruction set that most of the usable products on the CPU were measured with: "avx512vnni"; empty:
/// none.
std::string isa_of(std::span<const Measurement> measurements);

}  // namespace weighin
