#include "kernels/cpu/isa/ops_functions.h"
#include "kernels/formats/half.h"

namespace weighin {
namespace ops_scalar_code {
namespace {

constexpr uint32_t lanes = 1;
constexpr uint32_t together = 4, tile_rows = 4, tile_vectors = 2;  // of 16 registers
typedef float F __attribute__((vector_size(4)));
typedef int32_t I __attribute__((vector_size(4)));
typedef uint64_t W __attribute__((vector_size(8)));

WEIGHIN_WORD F multiply_add(F a, F b, F c) {
  return a * b + c;
}
WEIGHIN_WORD F larger(F a, F b) {
  return a > b ? a : b;
}
WEIGHIN_WORD F smaller(F a, F b) {
  return a < b ? a : b;
}
WEIGHIN_WORD float sum(F v) {
  return v[0];
}
WEIGHIN_WORD float largest_lane(F v) {
  return v[0];
}
WEIGHIN_WORD F load_part(const float*, uint32_t) {  // one lane has no parts
  return F{};
}
WEIGHIN_WORD void store_part(float*, F, uint32_t) {}
WEIGHIN_WORD F load_f16(const uint16_t* from) {
  return F{half_to_float(*from)};
}
WEIGHIN_WORD F load_f16_part(const uint16_t*, uint32_t) {
  return F{};
}
WEIGHIN_WORD F load_i8(const std::byte* from) {
  return F{static_cast<float>(static_cast<int8_t>(*from))};
}
WEIGHIN_WORD F sums(const F* v) {
  return v[0];
}
WEIGHIN_WORD F zip_low(F a, F) {  // one lane has no halves
  return a;
}
WEIGHIN_WORD F zip_high(F, F b) {
  return b;
}

#include "kernels/cpu/rows/rows.inl"

#include "kernels/cpu/attention/decode.inl"
#include "kernels/cpu/attention/prefill.inl"
#include "kernels/cpu/bounds/peaks.inl"

float peak_step(float a, float x, float y) {
  return a * x + y;
}
double peak_fp32(uint64_t rounds) {
  return twelve<float, float, peak_step>(rounds, 1.0F, 1.0F);
}

/// Six accumulators: twelve and their operands exceed the 16 general registers.
void multiply_accumulate(int32_t& total, int32_t& x, int32_t& y) {
  asm volatile("" : "+r"(total), "+r"(x), "+r"(y));
  total += static_cast<int8_t>(x) * static_cast<int8_t>(y);
}
double peak_int8(uint64_t rounds) {
  int32_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, x = 1, y = 1;
  for (uint64_t round = 0; round < rounds; ++round) {
    multiply_accumulate(a, x, y);
    multiply_accumulate(b, x, y);
    multiply_accumulate(c, x, y);
    multiply_accumulate(d, x, y);
    multiply_accumulate(e, x, y);
    multiply_accumulate(f, x, y);
  }
  return 0.0 + a + b + c + d + e + f;
}

}  // namespace
}  // namespace ops_scalar_code

using namespace ops_scalar_code;
static constexpr PeakLoop scalar_fp32{peak_fp32, 24, 12};
const OpsFunctions ops_scalar{stream_sum,  scalar_fp32,      scalar_fp32, {peak_int8, 12, 6},
                              attend,      attend_block,     rms_norm,    layer_norm,
                              rope,        softmax,          swiglu,      gelu,
                              attend_q8_0, attend_block_q8_0};

}  // namespace weighin
