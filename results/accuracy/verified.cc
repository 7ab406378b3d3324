#include "results/accuracy/verified.h"

#include "models/text/units.h"
#include "results/records/step_parts.h"

namespace weighin {

std::vector<AccuracyLine> accuracy_of_runs(std::span<const Verification> verified) {
  std::vector<Scored> scored;
  for (const Verification& v : verified) {
    const Scored common{.quantity = {},
                        .unit = v.model + "\n" + v.format,
                        .groups = {{"engine", v.engine.empty() ? "not said" : v.engine},
                                   {"format", v.format.empty() ? "not said" : v.format}}};
    for (const VerifiedPhase& phase : v.phases)
      add_scored(scored, common, phase.phase == Phase::decode ? Quantity::decode : Quantity::prefill,
                 phase.tps, phase.predicted.value_or(Interval{}));
    add_scored(scored, common, Quantity::memory, in_gib(v.memory_bytes),
               {0, in_gib(v.predicted_memory_bytes), 0});
  }
  return accuracy_of(scored);
}

}  // namespace weighin
