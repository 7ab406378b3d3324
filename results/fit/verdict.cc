#include "results/fit/verdict.h"

#include <fmt/format.h>

namespace weighin {

std::string placement_name(const VerdictPlacement& placement) {
  if (placement.layout) return placement_name(*placement.layout);
  return std::string(placement.part ? device_part_name(*placement.part) : "");
}

std::string placement_sign(const VerdictPlacement& placement) {
  if (placement.layout) return placement_sign(*placement.layout);
  return std::string(placement.part ? device_part_name(*placement.part) : "");
}

std::string engine_sentence(const std::string& engine, const std::string& efficiency_source) {
  if (engine == reference_engine)
    return fmt::format("Speeds: engine: {}, what weighin's own kernels reach, no engine that runs models.",
                       engine);
  return fmt::format("Speeds: engine: {}{}.", engine,
                     efficiency_source.empty() ? "" : ", its efficiency " + efficiency_source);
}

std::string efficiency_source_of(std::span<const Verdict> verdicts) {
  std::string sources;
  for (const Verdict& verdict : verdicts) {
    const std::string& source = verdict.prediction.efficiency_source;
    if (sources.find(source) == std::string::npos) sources += (sources.empty() ? "" : "; ") + source;
  }
  return sources;
}

}  // namespace weighin
