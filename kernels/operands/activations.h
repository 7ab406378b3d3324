// How kernels of matrix products round the activations before they multiply. The reference rounds them in the
// same way.
#pragma once

#include <cstdint>

namespace weighin {

enum class Activations : uint8_t {
  floats,  // not rounded
  int8,    // q * scale, where each group of 32 has the scale largest / 127 (as ggml's q8_0); for quantized
           // weights
  int8_block,  // as int8, but each group of 256 has a scale (as ggml's q8_K); for K-quants
  int8_row,  // as int8, but each token's whole row has a scale (dynamic quantization: ONNX Runtime, XNNPACK)
  float16,   // halves; each group of 32 is scaled by a power of two to below 2^-4, and denormals become zeros
  float16_row,  // as float16, but each token's whole row is scaled, to below 1
  bf16,         // the nearest bf16, ties to even; denormals become zeros, as VDPBF16PS takes them
};

/// Values that share one int8 scale, of either kind; and values whose int8 forms are summed together (the
/// groups of q6_K).
inline constexpr uint32_t activation_group = 32, activation_block = 256, sum_group = 16;

/// How many values of the activations are rounded together, in rows of `k`.
constexpr uint32_t rounding_span(Activations activations, uint32_t k) {
  if (activations == Activations::int8_row) return k;
  return activations == Activations::int8_block ? activation_block : activation_group;
}

constexpr bool has_int8(Activations activations) {
  return activations == Activations::int8 || activations == Activations::int8_block ||
         activations == Activations::int8_row;
}

/// k must be a multiple of this: of the values that are rounded together, or of the groups in a row.
constexpr uint32_t rounding_step(Activations activations) {
  if (!has_int8(activations)) return 1;
  return activations == Activations::int8_block ? activation_block : activation_group;
}

/// A group whose largest value is below this counts as zeros: 127 / largest is infinite below 127 / FLT_MAX =
/// 2^-121.01.
inline constexpr float least_activation = 0x1p-121F;

}  // namespace weighin
