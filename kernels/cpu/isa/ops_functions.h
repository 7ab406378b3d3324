// What one instruction set gives for the bounds, attention and the small operations: the same functions,
// compiled once for each set (kernels/cpu/ops_functions.inl).
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/operands/norm_epsilon.h"

namespace weighin {

/// A loop of independent multiply-adds in registers.
struct PeakLoop {
  /// Does `rounds` rounds from zero and returns the sum of all accumulators. `rounds` is at most 2^20, so
  /// that f32 and int32 stay exact.
  double (*run)(uint64_t rounds) = nullptr;
  double operations_a_round = 0;  // a multiply-add counts as two
  double sum_a_round = 0;         // what every round adds to the result, exactly
};

/// An operation on one row: y[k] of a[k], b and c. The operands of each operation stand beside its member of
/// OpsFunctions.
using RowFunction = void (*)(const float* a, const float* b, const float* c, float* y, uint32_t k);

/// Attention of `queries` query heads over `tokens` cached tokens of one KV head, by online softmax.
/// q [queries][k]; keys, values [tokens][k] in the format that the function is for: f16, or q8_0 with k a
/// multiple of 32; state [queries][k + 2], overwritten: the largest score, the sum of exp(score - largest),
/// and the values weighted by these.
using AttendFunction = void (*)(const float* q, uint32_t queries, const void* keys, const void* values,
                                uint32_t tokens, uint32_t k, float* state);

/// Queries of a prompt that are computed together: those of some tokens, of all heads that share a KV head.
struct QueryBlock {
  const float* q;  // [tokens][heads][k]; the tokens lie token_pitch floats apart
  float* y;        // laid out as q
  uint64_t token_pitch;
  uint32_t tokens, heads, k;
  uint32_t first;    // the position of the first token
  uint32_t context;  // tokens in keys and values, [context][k] in the format that the function is for
  bool causal;       // whether a token sees the tokens up to itself, and not all
  const void *keys, *values;
};

/// Attention of a block by online softmax. `scratch` is prefill_scratch() floats from a 64-byte line on.
using BlockFunction = void (*)(const QueryBlock& block, float* scratch);

/// A set has all of them, or only the peaks that are its own. What is nullptr is a lesser set's.
struct OpsFunctions {
  /// The sum (mod 2^64) of the 64-bit words of `bytes` bytes. `bytes` and the address are multiples of 64.
  uint64_t (*stream_sum)(const std::byte* data, uint64_t bytes) = nullptr;
  PeakLoop fp32{}, bf16{}, int8{};
  AttendFunction attend = nullptr;
  BlockFunction attend_block = nullptr;
  RowFunction rms_norm = nullptr;    // a row, b weight; c one number in place of norm_epsilon, or nullptr
  RowFunction layer_norm = nullptr;  // a row, b weight, c bias
  RowFunction rope = nullptr;        // a head, b cosines [k/2], c sines [k/2]; pairs (i, i + k/2); k even
  RowFunction softmax = nullptr;     // a row
  RowFunction swiglu = nullptr;      // a gate, b up
  RowFunction gelu = nullptr;        // a row; the tanh form
  AttendFunction attend_q8_0 = nullptr;
  BlockFunction attend_block_q8_0 = nullptr;
};

/// Cached tokens that attention of one decoded token takes at once. They are enough that keys and values are
/// read in long runs (64 KiB of 128 values each) and that rescaling the softmax costs little.
constexpr uint32_t attention_tile = 256;

/// Cached tokens that a block of queries takes at once. Their keys and values, widened, are 64 KiB of 128
/// values, and stay in a level-2 cache beside the block.
constexpr uint32_t prefill_tile = 64;

/// The most queries of a block. So many are served by a key or value that is widened once. It is a multiple
/// of every register tile.
constexpr uint32_t prefill_queries = 192;

/// Floats of scratch space for a block of `queries` query vectors of k values: the queries and results; a
/// tile's scores, keys and values; four numbers a query. All are rounded up to 64-byte lines, which are the
/// widest vectors.
constexpr uint64_t prefill_scratch(uint64_t queries, uint64_t k) {
  const uint64_t wide_queries = (queries + 15) / 16 * 16, wide_k = (k + 15) / 16 * 16;
  return wide_queries * (2 * wide_k + prefill_tile + 4) + 2 * prefill_tile * wide_k + 16;
}

}  // namespace weighin
