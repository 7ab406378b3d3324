// Every operation of one instruction set, from the words that the sources below name, and its row.
#include "kernels/cpu/rows/rows.inl"

#include "kernels/cpu/attention/decode.inl"
#include "kernels/cpu/bounds/peaks.inl"
#include "kernels/cpu/attention/prefill.inl"

double peak_fp32(uint64_t rounds) {
  return twelve<float, F, multiply_add>(rounds, all_lanes(1), all_lanes(1));
}

/// bf16 has no product of its own here. The int8 peak is the set's: each step of its twelve multiplies four
/// bytes a lane. Rows are constinit: code of a set that the machine lacks must not run at the start.
constexpr OpsFunctions ops_with(double (*peak_int8)(uint64_t rounds)) {
  constexpr PeakLoop fp32{peak_fp32, 12 * 2 * lanes, 12 * lanes};
  return {stream_sum,  fp32,
          fp32,        {peak_int8, 12 * 8 * lanes, 12 * 4 * lanes},
          attend,      attend_block,
          rms_norm,    layer_norm,
          rope,        softmax,
          swiglu,      gelu,
          attend_q8_0, attend_block_q8_0};
}
