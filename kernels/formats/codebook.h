// Tables for formats whose 4-bit values are indices into a table.
#pragma once

#include <cmath>
#include <cstdint>

namespace weighin {

/// The table of iq4_nl and iq4_xs: kvalues_iq4nl of ggml-common.h.
inline constexpr int8_t iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                          1,    13,   25,  38,  53,  69,  89,  113};
/// The table of mxfp4, doubled so that its values are integers. The E2M1 values of the OCP Microscaling
/// specification 1.0, table 5, are 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives.
inline constexpr int8_t e2m1_doubled[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

/// The index of the table's value that is nearest to `value`.
inline unsigned nearest_in(const int8_t (&table)[16], float value) {
  unsigned best = 0;
  for (unsigned i = 1; i < 16; ++i) {
    if (std::fabs(table[i] - value) < std::fabs(table[best] - value)) best = i;
  }
  return best;
}

}  // namespace weighin
