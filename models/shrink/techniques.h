// The table of techniques.
#pragma once

#include <span>

#include "models/shrink/technique.h"

namespace weighin {

/// Every technique that makes a model smaller to run. LoRA (lora.h) is not one: it makes training smaller.
std::span<const Technique> all_techniques();

}  // namespace weighin
