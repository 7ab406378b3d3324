#include "results/text/interval_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace weighin {

double rounded(double value) {
  return std::isfinite(value) ? std::stod(fmt::format("{:.4g}", value)) : 0;
}

nlohmann::ordered_json interval_json(const std::optional<Interval>& value) {
  if (!value) return nullptr;
  return {{"low", rounded(value->low)}, {"mid", rounded(value->mid)}, {"high", rounded(value->high)}};
}

}  // namespace weighin
