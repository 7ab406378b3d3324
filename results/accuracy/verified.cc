// How right predictions of engines that were run on a machine are.
#include "results/accuracy/accuracy.h"
#include "results/records/step_parts.h"

namespace weighin {

std::vector<AccuracyLine> accuracy_of(std::span<const Verification> verified) {
  constexpr double gib = 1024.0 * 1024 * 1024;
  std::vector<Scored> scored;
  for (const Verification& v : verified) {
    const Scored common{.phase = {},
                        .unit = v.model + "\n" + v.format,
                        .groups = {{"engine", v.engine.empty() ? "not said" : v.engine},
                                   {"format", v.format.empty() ? "not said" : v.format}}};
    for (const VerifiedPhase& phase : v.phases)
      add_scored(scored, common, phase_name(phase.phase), phase.tps, phase.predicted.value_or(Interval{}));
    add_scored(scored, common, "memory", static_cast<double>(v.memory_bytes) / gib,
               {0, static_cast<double>(v.predicted_memory_bytes) / gib, 0});
  }
  return accuracy_of(scored);
}

}  // namespace weighin
