#include "kernels/reference/matrix.h"

#include <cmath>
#include <vector>

#include "kernels/formats/codec.h"

namespace weighin {

ReferenceDot reference_dot(FormatId format, const std::byte* row, const float* x, uint32_t k) {
  std::vector<double> weights(k);
  codec_of(format).decode(row, weights.data(), k);
  ReferenceDot dot;
  for (uint32_t i = 0; i < k; ++i) {
    dot.sum += weights[i] * x[i];
    dot.size += std::fabs(weights[i] * x[i]);
  }
  return dot;
}

}  // namespace weighin
