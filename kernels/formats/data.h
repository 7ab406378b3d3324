// Data: what the operands of a problem are filled with.
#pragma once

#include <cstdint>
#include <random>

namespace weighin {

enum class Data : uint8_t {
  ordinary,     // random, of ordinary size, weights' scales never zero: what is timed
  adversarial,  // extremes side by side: zeros, denormals, spikes, alternating signs, the largest of either
                // sign
};

/// Where all random data comes from: the same numbers on every machine for one seed.
using Random = std::mt19937_64;

}  // namespace weighin
