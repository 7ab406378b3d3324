// The functions of one instruction set. WEIGHIN_SET is its name; WEIGHIN_QUANTIZED_GEMV is 0 where 256-bit
// byte products are no other than AVX2's, WEIGHIN_FLOATS 0 where floats are no other than AVX-512's.

template <FormatId format>
constexpr uint8_t flip_of() {
  if constexpr (requires { Packed<format>::flip; }) return Packed<format>::flip;
  return 0;
}

/// A row of a format that is not quantized, or that this set adds nothing to: found by nobody.
constexpr MatrixFunctions no_row{FormatId::none, Isa::WEIGHIN_SET, {},      Activations::floats,
                                 nullptr,        nullptr,          nullptr, nullptr};

template <FormatId format, bool quantized>
constexpr MatrixFunctions packed_row() {
  if constexpr (quantized) {
    constexpr BlockShape shape = Plain<format>::shape;
    return {format,
            Isa::WEIGHIN_SET,
            {row_lanes, flip_of<format>()},
            shape.activations,
            rounding_to(shape.activations),
            gemv_packed<format>,
            gemm_packed<format>,
            nullptr};
  } else {
    return no_row;
  }
}

template <FormatId format, bool quantized>
constexpr MatrixFunctions plain_row() {
  if constexpr (quantized) {
    constexpr BlockShape shape = Plain<format>::shape;
    return {format,
            Isa::WEIGHIN_SET,
            {},
            shape.activations,
            rounding_to(shape.activations),
            WEIGHIN_QUANTIZED_GEMV ? gemv_plain<format> : nullptr,
            gemm_plain<format>,
            WEIGHIN_QUANTIZED_GEMV && !WEIGHIN_VNNI ? decode_quantized<format> : nullptr};
  } else {
#if WEIGHIN_FLOATS
    return {format,
            Isa::WEIGHIN_SET,
            {},
            Activations::floats,
            nullptr,
            gemv_floats<FloatFormat<format>>,
            gemm_floats<FloatFormat<format>>,
            decode_floats<FloatFormat<format>>};
#else
    return no_row;
#endif
  }
}

static constexpr MatrixFunctions functions[] = {
#define FORMAT(name, gguf_type, block_values, block_bytes) \
  packed_row<FormatId::name, (block_values > 1)>(), plain_row<FormatId::name, (block_values > 1)>(),
#include "models/formats.inc"
#undef FORMAT
};

std::span<const MatrixFunctions> matrix_functions() {
  return {functions, sizeof functions / sizeof functions[0]};
}
