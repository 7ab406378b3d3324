// What one instruction set gives for matrix products, and the operands it works on. The functions are
// compiled once for each set (kernels/cpu/matrix_functions.inl).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/formats/packing.h"
#include "kernels/isa/isa.h"
#include "kernels/kernel/ahead.h"
#include "kernels/operands/activations.h"
#include "models/format/format.h"

namespace weighin {

/// The values of a row that gemm unpacks at once, a multiple of every block, and the most rows of such a
/// panel. A panel stays in a level-2 cache.
inline constexpr uint32_t panel_values = 1024, panel_rows = 32;

/// Rows that a thread takes at a time in gemv: whole units of every packing, and whole cache lines of y, so
/// that no two threads write to one line.
inline constexpr uint64_t gemv_rows = 32;

/// gemm multiplies so many panels of rows with so many tokens before it goes on along the rows. The
/// activations of one panel's values (512 KiB of bytes) and the sums of the rows (256 KiB) then stay in a
/// level-2 cache.
inline constexpr uint32_t panels_together = 4, panel_tokens = 512;

/// Where one thread unpacks a panel, and sums its products.
struct alignas(64) Panel {
  alignas(64) uint8_t bytes[panel_rows * panel_values];                 // [value / 4][row][4]
  alignas(64) float scales[panel_rows * panel_values / sum_group];      // [group][row]
  alignas(64) float mins[panel_rows * panel_values / sum_group];        // [group][row]
  alignas(64) float floats[panel_rows * panel_values];                  // [value][row]
  alignas(64) float sums[panels_together * panel_tokens * panel_rows];  // [panel][token][row]
};

/// Where the int8 form of value `k` of token `token` lies in MatrixWork::quantized, of `n` tokens of `row`
/// values. The values that meet one panel lie together, token after token: rows of a power of two values
/// would lie in the same few sets of a cache.
[[gnu::always_inline]] constexpr uint64_t quantized_at(uint32_t n, uint32_t row, uint64_t token, uint32_t k) {
  const uint32_t in_panel = k % panel_values, first = k - in_panel;
  const uint64_t pitch = row - first < panel_values ? row - first : panel_values;
  return uint64_t{first} * n + token * pitch + in_panel;
}

/// Y[n][m] = X[n][k] W[m][k]^T.
struct MatrixWork {
  const std::byte* weights;  // [m][row_bytes]
  uint64_t row_bytes;
  uint64_t m;
  uint32_t n, k;
  const float* x;  // [n][k]
  float* y;        // [n][m]
  // Activations as int8, for quantized weights: x = scale * quantized.
  int8_t* quantized;    // [k / panel_values][n][panel_values], as quantized_at() says
  float* scales;        // [n][k / rounding_span()]
  int16_t* sums;        // [n][k / sum_group]: sums of `quantized`
  int16_t* group_sums;  // [n][k / 32]: sums of `quantized`
  float* min_factors;   // [n][k / 32]: -group_sums, with which mins are multiplied
  // Activations as bf16, for the sets that multiply bf16.
  uint16_t* bf16;  // [n][k]
  // For formats whose rows have a scale of their own (FormatCodec::scaled_rows).
  const float* row_scales;  // [m rounded up to whole units]
  Ahead ahead{};            // for gemv
};

/// The shape of a quantized format's blocks as the readers of kernels/cpu/formats/ give them: groups of 32
/// unsigned bytes u, with w = scale * (u - offset) - min.
struct BlockShape {
  uint32_t values, bytes;  // of a block
  int offset = 0;
  int halves = 1;     // scales of a group: 1, or 2 (one each 16 values)
  int mins = 0;       // mins of a group: 0, 1, or 2 (one each 16 values)
  bool wide = false;  // u needs all 8 bits; sets that multiply signed bytes take it as signed, with offset 0
  bool scaled_rows = false;  // each row has a scale beside the matrix
  Activations activations = values > activation_group ? Activations::int8_block : Activations::int8;
};

/// The products of one format in one layout.
struct MatrixFunctions {
  FormatId format;
  Isa isa;
  Packing packing{};                              // of the weights; with rows 0 they are plain
  Activations activations = Activations::floats;  // what X is rounded to before the product
  /// Rounds spans [first, last) of X, of rounding_span() values each; the last span may be a part. nullptr
  /// where the products take floats.
  void (*round)(const MatrixWork& work, uint64_t first, uint64_t last) = nullptr;
  /// Rows [first, last) of y, for n = 1. nullptr where a lesser set's function serves.
  void (*gemv)(const MatrixWork& work, uint64_t first, uint64_t last) = nullptr;
  /// Rows [first, last) of Y, for all n.
  void (*gemm)(const MatrixWork& work, uint64_t first, uint64_t last, Panel& panel) = nullptr;
  /// One row of `k` values as floats. nullptr where a lesser set's function serves.
  void (*decode)(const std::byte* row, float* values, uint32_t k) = nullptr;
};

}  // namespace weighin
