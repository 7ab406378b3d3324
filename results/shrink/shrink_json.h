// What would make a model fit, for other programs.
#pragma once

#include <string>

#include "results/shrink/shrink.h"

namespace weighin {

std::string shrink_json(const ShrinkAnswer& answer, const Capacity& capacity);

}  // namespace weighin
