// One term of a predicted time.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/problem/problem.h"
#include "results/records/step_parts.h"

namespace weighin {

/// One term of a predicted time, for --explain.
struct Term {
  Phase phase = Phase::decode;
  std::string part;  // "ffn_up"
  Problem problem;   // the whole problem
  double times = 0;
  double seconds = 0;            // all `times` together, by the engine that is answered for
  double engine_factor = 1;      // of them, the engine's over the reference kernels'
  double engine_overhead_s = 0;  // and what is added for each operation, `times` together
  int64_t measurement = 0;       // it stands on; 0: none was found
  std::string note;              // scaling, or what stands in for a missing measurement
};

}  // namespace weighin
