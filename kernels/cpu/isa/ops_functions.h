// What one instruction set offers the bounds, attention and small operations: the same functions, compiled
// once a set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/operands/norm_epsilon.h"

/// A function of the per-ISA sources that is never called, only compiled in place.
#define WEIGHIN_WORD [[gnu::always_inline]] static inline

namespace weighin {

/// A loop of independent multiply-adds in registers.
struct PeakLoop {
  /// Does `rounds` rounds from zero and returns the sum of all accumulators; rounds at most 2^20, so that f32
  /// and int32 stay exact.
  double (*run)(uint64_t rounds) = nullptr;
  double operations_a_round = 0;  // a multiply-add is two
  double sum_a_round = 0;         // what every round adds to the result, exactly
};

/// One row: y[k] of a[k], b and c; which operands an operation has stands beside its member.
using RowFunction = void (*)(const float* a, const float* b, const float* c, float* y, uint32_t k);

/// Attention of `queries` query heads over one KV head's `tokens` cached tokens, by online softmax.
/// q [queries][k]; keys, values [tokens][k] in the cache's format, which is the function's: f16, or q8_0 with
/// k a multiple of 32; state [queries][k + 2], overwritten: the largest score, the sum of
/// exp(score - largest), and the values weighted so.
using AttendFunction = void (*)(const float* q, uint32_t queries, const void* keys, const void* values,
                                uint32_t tokens, uint32_t k, float* state);

/// Queries of a prompt that are computed together: those of some tokens in the heads that share a KV head.
struct QueryBlock {
  const float* q;  // [tokens][heads][k], a token's heads together, tokens token_pitch floats apart
  float* y;        // as q
  uint64_t token_pitch;
  uint32_t tokens, heads, k;
  uint32_t first;    // the first token's position
  uint32_t context;  // tokens in keys and values, [context][k] in the function's format
  bool causal;       // a token sees those up to itself, else all
  const void *keys, *values;
};

/// Attention of a block by online softmax; `scratch`, on a 64-byte line, is prefill_scratch() floats.
using BlockFunction = void (*)(const QueryBlock& block, float* scratch);

/// A set has all of them, or only the peaks that are its own; what is nullptr is a lesser set's.
struct OpsFunctions {
  /// Sum (mod 2^64) of the 64-bit words of `bytes` bytes, a multiple of 64 at an address that is one.
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

#define ISA(name, architecture, needs) extern const OpsFunctions ops_##name;
#include "kernels/isa.inc"
#undef ISA

/// Cached tokens that one decoded token takes together. Long enough that keys and values are read in long
/// runs (64 KiB of 128 values each) and that softmax's restart costs little.
constexpr uint32_t attention_tile = 256;

/// Cached tokens that a block of queries takes together: keys and values, widened, are 64 KiB of 128 values
/// and stay in a level-2 cache beside the block.
constexpr uint32_t prefill_tile = 64;

/// Queries of a block at most: a widened key or value serves so many. A multiple of every tile in registers.
constexpr uint32_t prefill_queries = 192;

/// Floats of scratch for a block of `queries` query vectors of k values: queries and results, a tile's
/// scores, keys and values, four numbers a query; all rounded up to 64-byte lines, the widest vectors.
constexpr uint64_t prefill_scratch(uint64_t queries, uint64_t k) {
  const uint64_t wide_queries = (queries + 15) / 16 * 16, wide_k = (k + 15) / 16 * 16;
  return wide_queries * (2 * wide_k + prefill_tile + 4) + 2 * prefill_tile * wide_k + 16;
}

}  // namespace weighin
