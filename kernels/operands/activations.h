// How matrix kernels round the activations before they multiply: the reference rounds alike.
#pragma once

#include <cstdint>

namespace weighin {

enum class Activations : uint8_t {
  floats,  // as they are
  int8,    // q * scale: each group of 32 has the scale largest / 127 (as ggml's q8_0); for quantized weights
  int8_block,   // likewise, each group of 256 (as ggml's q8_K); for K-quants
  int8_row,     // likewise, each token's whole row (dynamic quantization: ONNX Runtime, XNNPACK)
  float16,      // halves: each group of 32 scaled by a power of two to below 2^-4, and denormals are zeros
  float16_row,  // likewise, each token's whole row to below 1
  bf16,         // the nearest bf16, ties to even; denormals are zeros, as VDPBF16PS takes them
};

/// Values that share one int8 scale, of either kind, and values whose int8 forms are summed together (q6_K's
/// groups).
inline constexpr uint32_t activation_group = 32, activation_block = 256, sum_group = 16;

/// Values of the activations that are rounded together, of rows of `k`.
constexpr uint32_t rounding_span(Activations activations, uint32_t k) {
  if (activations == Activations::int8_row) return k;
  return activations == Activations::int8_block ? activation_block : activation_group;
}

constexpr bool has_int8(Activations activations) {
  return activations == Activations::int8 || activations == Activations::int8_block ||
         activations == Activations::int8_row;
}

/// k must be a whole number of these: a rounding's span, or groups of a row.
constexpr uint32_t rounding_step(Activations activations) {
  if (!has_int8(activations)) return 1;
  return activations == Activations::int8_block ? activation_block : activation_group;
}

/// A group whose largest is below this counts as zeros: 127 / largest is infinite below 127 / FLT_MAX =
/// 2^-121.01.
inline constexpr float least_activation = 0x1p-121F;

}  // namespace weighin
