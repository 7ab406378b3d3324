// The functions of one instruction set. WEIGHIN_SET is its name; WEIGHIN_PLAIN_GEMV is 0 where one token's
// products with plain weights are no other than a lesser set's, WEIGHIN_FLOATS 0 where all floats are.

template <FormatId format>
constexpr uint8_t flip_of() {
  if constexpr (requires { Packed<format>::flip; }) return Packed<format>::flip;
  return 0;
}

/// A row of a format that this set adds nothing to: found by nobody.
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
            pairs_of_tokens ? nullptr : gemv_packed<format>,
            gemm_packed<format>,
            nullptr};
  } else {
#if WEIGHIN_FLOATS
    return {format,
            Isa::WEIGHIN_SET,
            {unit_rows},
            Activations::floats,
            nullptr,
            gemv_packed_floats<FloatFormat<format>>,
            gemm_packed_floats<FloatFormat<format>>,
            nullptr};
#else
    return no_row;
#endif
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
            WEIGHIN_PLAIN_GEMV ? gemv_plain<format> : nullptr,
            gemm_plain<format>,
            WEIGHIN_PLAIN_GEMV && WEIGHIN_FLOATS ? decode_quantized<format> : nullptr};
  } else {
#if WEIGHIN_FLOATS
    return {format,
            Isa::WEIGHIN_SET,
            {},
            Activations::floats,
            nullptr,
            gemv_plain_floats<FloatFormat<format>>,
            gemm_plain_floats<FloatFormat<format>>,
            decode_floats<FloatFormat<format>>};
#else
    return no_row;
#endif
  }
}

static constexpr MatrixFunctions functions[] = {
#define FORMAT(name, gguf_type, block_values, block_bytes) \
  packed_row<FormatId::name, (block_values > 1)>(), plain_row<FormatId::name, (block_values > 1)>(),
#include "models/format/formats.inc"
#undef FORMAT
};

std::span<const MatrixFunctions> matrix_functions() {
  return {functions, sizeof functions / sizeof functions[0]};
}
