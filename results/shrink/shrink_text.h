// What would make a model fit, for a terminal.
#pragma once

#include <string>

#include "results/shrink/shrink.h"

namespace weighin {

std::string shrink_text(const ShrinkAnswer& answer, const Capacity& capacity);

}  // namespace weighin
