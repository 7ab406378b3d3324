// What one instruction set gives for matrix products, and what it works on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/formats/packing.h"
#include "kernels/isa.h"
#include "kernels/operands/activations.h"
#include "models/format/format.h"

namespace weighin {

/// Values of a row a gemm unpacks at once, and the most rows: panels stay in a level-2 cache.
/// A multiple of every block.
inline constexpr uint32_t panel_values = 1024, panel_rows = 32;

/// Rows a thread takes at a time by gemv: whole units of every packing, and whole cache lines of y, so that
/// no two threads write one.
inline constexpr uint64_t gemv_rows = 32;

/// One thread's space for an unpacked panel, 64-byte aligned.
struct alignas(64) Panel {
  alignas(64) uint8_t bytes[panel_rows * panel_values];             // [value / 4][row][4]
  alignas(64) float scales[panel_rows * panel_values / sum_group];  // [group][row]
  alignas(64) float mins[panel_rows * panel_values / sum_group];    // [group][row]
  alignas(64) float floats[panel_rows * panel_values];              // [value][row]
};

/// Y[n][m] = X[n][k] W[m][k]^T.
struct MatrixWork {
  const std::byte* weights;  // [m][row_bytes]
  uint64_t row_bytes;
  uint64_t m;
  uint32_t n, k;
  const float* x;  // [n][k]
  float* y;        // [n][m]
  // Activations as int8, for quantized weights: x = scale * quantized.
  int8_t* quantized;    // [n][k]
  float* scales;        // [n][k / rounding_span()]
  int16_t* sums;        // [n][k / sum_group]: of quantized
  int16_t* group_sums;  // [n][k / 32]: of quantized
  float* min_factors;   // [n][k / 32]: sums of 32, negative, what mins are multiplied with
  // Activations as bf16, where products are of pairs of them.
  uint16_t* bf16;  // [n][k]
  // Of formats whose rows have a scale of their own (FormatCodec::scaled_rows).
  const float* row_scales;  // [m], and as many more as a unit has rows
};

/// How a quantized format lies in blocks, as the readers of kernels/cpu/formats/ give them: groups of 32
/// unsigned bytes u, w = scale * (u - offset) - min.
struct BlockShape {
  uint32_t values, bytes;  // of a block
  int offset = 0;
  int halves = 1;            // scales of a group: 1, or one each 16 values
  int mins = 0;              // of a group: none, 1, or one each 16 values
  bool wide = false;         // u needs all 8 bits: on sets of signed products it is signed, offset 0
  bool scaled_rows = false;  // each row has a scale beside the matrix
  Activations activations = values > activation_group ? Activations::int8_block : Activations::int8;
};

struct MatrixFunctions {
  FormatId format;
  Isa isa;
  Packing packing;          // of the weights; rows 0: plain
  Activations activations;  // what X is rounded to before the product
  /// Rounds spans [first, last) of X, of rounding_span() values each (the last may be a part); nullptr: works
  /// on floats.
  void (*round)(const MatrixWork& work, uint64_t first, uint64_t last);
  /// Rows [first, last) of y, n = 1. nullptr: this set's is no other than a lesser one's.
  void (*gemv)(const MatrixWork& work, uint64_t first, uint64_t last);
  /// Rows [first, last) of Y for all n.
  void (*gemm)(const MatrixWork& work, uint64_t first, uint64_t last, Panel& panel);
  /// One row of `k` values as floats. nullptr: this set's is no other than a lesser one's.
  void (*decode)(const std::byte* row, float* values, uint32_t k);
};

#define ISA(name, architecture, needs)                 \
  namespace name {                                     \
  std::span<const MatrixFunctions> matrix_functions(); \
  }
#include "kernels/isa.inc"
#undef ISA

}  // namespace weighin
