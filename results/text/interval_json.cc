#include "results/text/interval_json.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

namespace weighin {

double rounded(double value) {
  return std::isfinite(value) ? std::strtod(fmt::format("{:.4g}", value).c_str(), nullptr) : 0;
}

nlohmann::ordered_json interval_json(const std::optional<Interval>& value) {
  if (!value) return nullptr;
  return {{"low", rounded(value->low)}, {"mid", rounded(value->mid)}, {"high", rounded(value->high)}};
}

}  // namespace weighin
