// The OpsFunctions of one instruction set, from its words (docs/simd_words.md). compiled_set.cc.in includes
// it after them.

// In the order in which one builds on the other.
// clang-format off
#include "kernels/cpu/bounds/peaks.inl"
#ifdef WEIGHIN_FLOATS
#include "kernels/cpu/bounds/stream_sum.inl"
#include "kernels/cpu/isa/math.inl"
#include "kernels/cpu/rows/rows.inl"
#include "kernels/cpu/attention/cache_rows.inl"
#include "kernels/cpu/attention/decode.inl"
#include "kernels/cpu/attention/prefill.inl"
#endif
// clang-format on

/// Those that this set adds to a lesser one's. The result is a constant, since code of a set that the machine
/// lacks must not run when the program starts.
constexpr OpsFunctions own_functions() {
  OpsFunctions own{};
#ifdef WEIGHIN_FLOATS
  own.stream_sum = stream_sum;
  own.fp32 = {peak_fp32, peak_chains * 2 * lanes, peak_chains * lanes};
  own.bf16 = own.fp32;  // bf16 is multiplied as f32, unless a set has products of its own
  own.attend = attend;
  own.attend_block = attend_block;
  own.attend_q8_0 = attend_q8_0;
  own.attend_block_q8_0 = attend_block_q8_0;
  own.rms_norm = rms_norm;
  own.layer_norm = layer_norm;
  own.rope = rope;
  own.softmax = softmax;
  own.swiglu = swiglu;
  own.gelu = gelu;
#endif
#ifdef WEIGHIN_INT8
  own.int8 = {peak_int8, peak_chains * peak_int8_operations, peak_chains * peak_int8_operations / 2};
#endif
#ifdef WEIGHIN_BF16
  own.bf16 = {peak_bf16, peak_chains * peak_bf16_operations, peak_chains * peak_bf16_operations / 2};
#endif
  return own;
}
