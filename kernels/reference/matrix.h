// The reference of matrix products: plain sums in double precision over exactly decoded weights.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/format.h"

namespace weighin {

struct ReferenceDot {
  double sum = 0;   // of w[i] * x[i]
  double size = 0;  // of |w[i] * x[i]|: what rounding errors are relative to
};

/// One row of weights, `k` values (whole blocks) of `format`, times x[k].
ReferenceDot reference_dot(FormatId format, const std::byte* row, const float* x, uint32_t k);

}  // namespace weighin
