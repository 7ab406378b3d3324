// The functions of one instruction set. WEIGHIN_SET is its name; WEIGHIN_QUANTIZED_GEMV is 0 where 256-bit
// byte products are no other than AVX2's, WEIGHIN_FLOATS 0 where floats are no other than AVX-512's.

template <class F>
constexpr Activations activations_of =
    F::scale_values == activation_block ? Activations::int8_block : Activations::int8;
template <class P>
constexpr MatrixFunctions of_packed() {
  using F = typename P::Plain;
  return {F::id,
          Isa::WEIGHIN_SET,
          {row_lanes, F::wide ? wide_offset : 0},
          activations_of<F>,
          round_to_int8<F::scale_values>,
          gemv_packed<P>,
          gemm_packed<P>,
          nullptr};
}
template <class F>
constexpr MatrixFunctions of_quantized() {
  return {F::id,
          Isa::WEIGHIN_SET,
          {},
          activations_of<F>,
          round_to_int8<F::scale_values>,
          WEIGHIN_QUANTIZED_GEMV ? gemv_quantized<F> : nullptr,
          gemm_quantized<F>,
          WEIGHIN_QUANTIZED_GEMV && !WEIGHIN_VNNI ? decode_quantized<F> : nullptr};
}
#if WEIGHIN_FLOATS
template <class F>
constexpr MatrixFunctions of_floats() {
  return {F::id,          Isa::WEIGHIN_SET, {}, Activations::floats, nullptr, gemv_floats<F>,
          gemm_floats<F>, decode_floats<F>};
}
#endif

static constexpr MatrixFunctions functions[] = {
#if WEIGHIN_FLOATS
    of_floats<F32>(),        of_floats<F16>(),        of_floats<Bf16>(),
#endif
    of_packed<PackedQ8_0>(), of_packed<PackedQ6_K>(), of_packed<PackedQ4_K>(), of_packed<PackedQ4_0>(),
    of_quantized<Q8_0>(),    of_quantized<Q6_K>(),    of_quantized<Q4_K>(),    of_quantized<Q4_0>(),
};

std::span<const MatrixFunctions> matrix_functions() {
  return {functions, sizeof functions / sizeof functions[0]};
}
