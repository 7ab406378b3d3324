// What one instruction set offers the bounds, attention and small operations: the same functions, compiled
// once a set.
#pragma once

#include <cstddef>
#include <cstdint>

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
/// q [queries][k]; keys, values [tokens][k] as f16; state [queries][k + 2], overwritten: the largest score,
/// the sum of exp(score - largest), and the values weighted so.
using AttendFunction = void (*)(const float* q, uint32_t queries, const uint16_t* keys,
                                const uint16_t* values, uint32_t tokens, uint32_t k, float* state);

struct OpsFunctions {
  /// Sum (mod 2^64) of the 64-bit words of `bytes` bytes, a multiple of 64 at an address that is one.
  uint64_t (*stream_sum)(const std::byte* data, uint64_t bytes);
  PeakLoop fp32, bf16, int8;
  AttendFunction attend;
  RowFunction rms_norm;    // a row, b weight
  RowFunction layer_norm;  // a row, b weight, c bias
  RowFunction rope;        // a head, b cosines [k/2], c sines [k/2]; pairs (i, i + k/2); k even
  RowFunction softmax;     // a row
  RowFunction swiglu;      // a gate, b up
  RowFunction gelu;        // a row; the tanh form
};

extern const OpsFunctions ops_scalar;
#if defined(__x86_64__)
extern const OpsFunctions ops_avx2;
extern const OpsFunctions ops_avx512;
extern const PeakLoop peak_int8_avx512vnni;
extern const PeakLoop peak_bf16_avx512bf16;
#endif

/// Added to the mean square under the root: 1e-5, as LLaMA's and BERT-like models' configurations have it.
constexpr float norm_epsilon = 1e-5F;

/// Tokens of attention taken together: keys and values of a tile (128 values a head) stay in a 32 KiB cache.
constexpr uint32_t attention_tile = 32;

}  // namespace weighin
