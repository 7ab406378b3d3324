// The loops that measure how fast a set multiplies, from its words: multiply_add, peak_int8_step,
// peak_bf16_step.

/// Accumulators of a loop: 12 cover a latency of 4 cycles on two (or three) units.
constexpr int peak_chains = 12;

// The accumulators have names, because an array of them is spilled.
// clang-format off
#define WEIGHIN_TWELVE(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
// clang-format on
#define WEIGHIN_DECLARE(i) Vector a##i{};
#define WEIGHIN_STEP(i)                                                         \
  asm volatile("" : WEIGHIN_VECTOR_REGISTER(x), WEIGHIN_VECTOR_REGISTER(a##i)); \
  a##i = step(a##i, x, y);
#define WEIGHIN_ADD(i) total += sum_of_lanes(a##i);

template <typename Vector>
double sum_of_lanes(Vector v) {
  double total = 0;
  for (int lane = 0; lane < lanes; ++lane) total += static_cast<double>(v[lane]);
  return total;
}

/// Repeats `step` on each accumulator `rounds` times, and returns the sum of all their lanes. The empty asm
/// keeps each in a register, and keeps the compiler from sharing products. (Steps are functions, since GCC
/// does not compile a lambda for the target region that it stands in.)
template <typename Vector, auto step, typename Operand>
double repeat_step(uint64_t rounds, Operand x, Operand y) {
  WEIGHIN_TWELVE(WEIGHIN_DECLARE)
  asm volatile("" : WEIGHIN_VECTOR_REGISTER(x), WEIGHIN_VECTOR_REGISTER(y));
  for (uint64_t round = 0; round < rounds; ++round) {
    WEIGHIN_TWELVE(WEIGHIN_STEP)
  }
  double total = 0;
  WEIGHIN_TWELVE(WEIGHIN_ADD)
  return total;
}

#undef WEIGHIN_TWELVE
#undef WEIGHIN_DECLARE
#undef WEIGHIN_STEP
#undef WEIGHIN_ADD

#ifdef WEIGHIN_FLOATS
double peak_fp32(uint64_t rounds) {
  return repeat_step<F32, multiply_add>(rounds, all_f32(1), all_f32(1));  // each step is sum * 1 + 1
}
#endif
#ifdef WEIGHIN_INT8
double peak_int8(uint64_t rounds) {
  const uint8_t ones[4] = {1, 1, 1, 1};
  return repeat_step<I32, peak_int8_step>(rounds, all_lane_bytes(ones), all_lane_bytes(ones));
}
#endif
#ifdef WEIGHIN_BF16
double peak_bf16(uint64_t rounds) {
  const uint16_t ones[2] = {0x3f80, 0x3f80};  // 1 as bf16
  return repeat_step<F32, peak_bf16_step>(rounds, all_lane_bytes(ones), all_lane_bytes(ones));
}
#endif
