// A device that answers can be given for: what it gives a model, and what was measured on it.
#pragma once

#include <vector>

#include "results/fit/fit.h"

namespace weighin {

struct WeighedDevice {
  Capacity capacity;
  std::vector<Measurement> measurements;  // with those that came to nothing
  std::vector<Verification> verified;     // engines run on it
};

}  // namespace weighin
