// How right predictions of engines that were run on a machine are.
#include "results/accuracy.h"
#include "results/step_parts.h"

namespace weighin {

std::vector<AccuracyLine> accuracy_of(std::span<const Verification> verified) {
  constexpr double gib = 1024.0 * 1024 * 1024;
  std::vector<Scored> scored;
  for (const Verification& v : verified) {
    const Scored common{.phase = {},
                        .unit = v.model + "\n" + v.format,
                        .groups = {{"engine", v.engine.empty() ? "not said" : v.engine},
                                   {"format", v.format.empty() ? "not said" : v.format}}};
    for (const VerifiedPhase& phase : v.phases) {
      if (phase.tps <= 0) continue;
      const Interval predicted = phase.predicted.value_or(Interval{});
      scored.push_back(common);
      scored.back().phase = phase_name(phase.phase);
      scored.back().measured = phase.tps;
      scored.back().predicted = predicted.mid;
      scored.back().low = predicted.low;
      scored.back().high = predicted.high;
    }
    if (v.memory_bytes == 0) continue;
    scored.push_back(common);
    scored.back().phase = "memory";
    scored.back().measured = static_cast<double>(v.memory_bytes) / gib;
    scored.back().predicted = static_cast<double>(v.predicted_memory_bytes) / gib;
  }
  return accuracy_of(scored);
}

}  // namespace weighin
