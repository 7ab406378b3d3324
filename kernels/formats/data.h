// The kinds of data that operands are filled with.
#pragma once

#include <cstdint>
#include <random>

namespace weighin {

enum class Data : uint8_t {
  ordinary,     // random values of ordinary size, and scales of weights that are never zero: what is timed
  adversarial,  // extremes side by side: zeros, denormals, spikes, alternating signs, the largest values of
                // either sign
};

/// The source of all random data. It gives the same numbers on every machine for one seed.
using Random = std::mt19937_64;

}  // namespace weighin
