// Numbers with a spread as other programs read them; one form in every JSON that weighin writes.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "results/text/interval.h"

namespace weighin {

/// Four significant digits: more than any interval here supports, and none of a double's noise. 0 where it is
/// not finite, which JSON cannot say.
double rounded(double value);

/// {"low", "mid", "high"}, rounded; null where it is not known.
nlohmann::ordered_json interval_json(const std::optional<Interval>& value);

}  // namespace weighin
