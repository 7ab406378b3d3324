// How a product of one token asks for its weights before it reads them.
#pragma once

#include <cstdint>

namespace weighin {

/// Software prefetch of weights, so that fetching and computing overlap where the processor's own
/// prefetchers do not see to it. Whether it helps depends on the machine: on Intel's Sapphire Rapids it takes
/// packed q4_0 from 0.65 to 0.93 of the read bandwidth of one thread, on AMD's Zen 4 it costs a little.
struct Ahead {
  uint32_t bytes = 0;        // the distance; 0: nothing is asked for
  bool into_level1 = false;  // into the level-1 cache, else into the level-2 cache
};

}  // namespace weighin
