// Twelve accumulators by name: an array of them spills. 12 covers latency 4 on two (or three) units.
#if defined(__aarch64__)
#define WEIGHIN_REGISTER "+w"
#else
#define WEIGHIN_REGISTER "+v"
#endif
// clang-format off
#define WEIGHIN_TWELVE(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
// clang-format on
#define WEIGHIN_DECLARE(i) Vector a##i{};
#define WEIGHIN_STEP(i)                                           \
  asm volatile("" : WEIGHIN_REGISTER(x), WEIGHIN_REGISTER(a##i)); \
  a##i = step(a##i, x, y);
#define WEIGHIN_ADD(i) total += sum_of_lanes<Number>(a##i);

/// The sum of a vector's numbers.
template <typename Number, typename Vector>
double sum_of_lanes(Vector v) {
  Number numbers[sizeof v / sizeof(Number)];
  __builtin_memcpy(numbers, &v, sizeof v);
  double total = 0;
  for (const Number number : numbers) total += static_cast<double>(number);
  return total;
}

/// `step` on each accumulator, `rounds` times; the empty asm keeps each in a register and no product shared.
/// (Functions, not lambdas: GCC does not compile a lambda for the target region it stands in.)
template <typename Number, typename Vector, auto step, typename Operand>
double twelve(uint64_t rounds, Operand x, Operand y) {
  WEIGHIN_TWELVE(WEIGHIN_DECLARE)
  asm volatile("" : WEIGHIN_REGISTER(x), WEIGHIN_REGISTER(y));
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
#undef WEIGHIN_REGISTER
