#include "results/accuracy/sentence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "results/accuracy/published.h"
#include "results/accuracy/verified.h"
#include "results/measured/engine_efficiency.h"
#include "results/measured/engine_step_time.h"
#include "results/measured/predict.h"

namespace weighin {
namespace {

/// "decode within 30% on 62%, median error 19%; prefill ...". A phase without rows is left out.
std::string phases_text(std::span<const AccuracyLine> lines) {
  std::string text;
  for (const Quantity quantity : {Quantity::decode, Quantity::prefill}) {
    const AccuracyLine* line = line_of_all(lines, quantity);
    if (line == nullptr) continue;
    text += fmt::format("{}{} within 30% on {:.0f}%", text.empty() ? "" : "; ", quantity_name(quantity),
                        100 * line->within_30);
    if (std::isfinite(line->median_error))
      text += fmt::format(", median error {:.0f}%", 100 * line->median_error);
  }
  return text;
}

}  // namespace

const std::string& published_accuracy_sentence() {
  static const std::string sentence =
      "on published rows of unseen chips: " + phases_text(accuracy_of_rows(shipped_rows(), {"test", false})) +
      " (weighin accuracy)";
  return sentence;
}

std::string measured_accuracy_sentence(std::span<const Verification> verified, std::string_view engine,
                                       std::string_view isa, const CostModel* costs) {
  std::vector<Verification> runs;
  std::copy_if(verified.begin(), verified.end(), std::back_inserter(runs),
               [&](const Verification& v) { return v.engine == engine; });
  const std::string phases = phases_text(accuracy_of_runs(runs));
  if (!phases.empty())
    return fmt::format("in {} run{} of {} on this device: {} (weighin accuracy)", runs.size(),
                       runs.size() == 1 ? "" : "s", engine, phases);
  if (engine == reference_engine)
    return fmt::format("the parts were measured here; that their sum is the whole is judged right to {:.0f}%",
                       100 * composition_error);
  if (costs && !costs->engine_thread_counts(engine).empty())
    return fmt::format(
        "the kernels of {} themselves were timed here: 4 of 5 of the models that were compared with their "
        "sums were within {:.0f}% in decode and {:.0f}% in prefill",
        costs->engine_measured(), 100 * engine_composition_error(Phase::decode),
        100 * engine_composition_error(Phase::prefill));
  const bool any = costs && !costs->thread_counts().empty();
  const EngineEfficiency shipped =
      any ? costs->efficiency(engine, costs->thread_counts().back()) : EngineEfficiency(engine, isa, 0, {});
  return fmt::format(
      "{} was not run on this device yet (weighin verify MODEL); elsewhere 4 of 5 times of unseen models "
      "were "
      "within {:.0f}% in decode and {:.0f}% in prefill{}",
      engine, 100 * shipped.residual(Phase::decode), 100 * shipped.residual(Phase::prefill),
      shipped.basis() == EfficiencyBasis::stand_in
          ? ", a judgement: its factors are from another family of processors"
          : "");
}

}  // namespace weighin
