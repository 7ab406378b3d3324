// The MatrixFunctions of one instruction set, from its words (docs/simd_words.md). compiled_set.cc.in
// includes it after them and after `this_isa`.

// In the order in which one builds on the other.
// clang-format off
#include "kernels/cpu/matrix/tile.inl"
#ifdef WEIGHIN_FLOATS
#include "kernels/cpu/matrix/floats.inl"
#include "kernels/cpu/matrix/float_panels.inl"
#endif
#ifdef WEIGHIN_INT8
#include "kernels/cpu/formats/all.inl"
#include "kernels/cpu/matrix/rounding.inl"
#ifdef WEIGHIN_INT8_TILES
#include "kernels/cpu/matrix/dots_by_tiles.inl"
#else
#include "kernels/cpu/matrix/dots.inl"
#endif
#include "kernels/cpu/matrix/panels.inl"
#include "kernels/cpu/matrix/plain.inl"
#include "kernels/cpu/matrix/packed.inl"
#endif
#ifdef WEIGHIN_BF16
#include "kernels/cpu/matrix/rounding_bf16.inl"
#ifdef WEIGHIN_BF16_TILES
#include "kernels/cpu/matrix/bf16_tiles.inl"
#else
#include "kernels/cpu/matrix/bf16_pairs.inl"
#endif
#endif
// clang-format on

/// The functions of `format` in one layout, or those of FormatId::none where this set adds none to a lesser
/// one's.
template <FormatId format, bool quantized, bool packed>
constexpr MatrixFunctions functions_of() {
  MatrixFunctions of{.format = FormatId::none, .isa = this_isa};
  // Named with its GEMM, not by asking whether there is one: under -fsanitize=undefined GCC does not compare
  // the addresses of functions while it compiles.
  [[maybe_unused]] const auto add_gemm = [&of](auto gemm) {
    of.gemm = gemm;
    of.format = format;
  };
  if constexpr (quantized) {
#ifdef WEIGHIN_INT8
    constexpr BlockShape shape = Plain<format>::shape;
    of.activations = shape.activations;
    of.round = rounding_to(shape.activations);
    if constexpr (packed) {
      of.packing.rows = lanes;
      if constexpr (requires { Packed<format>::flip; }) of.packing.flip = Packed<format>::flip;
      if constexpr (packed_gemv) of.gemv = gemv_packed<format>;
      add_gemm(gemm_packed<format>);
    } else {
      if constexpr (adds_plain_gemv) of.gemv = gemv_plain<format>;
      add_gemm(gemm_plain<format>);
#ifdef WEIGHIN_FLOATS
      if constexpr (adds_plain_gemv) of.decode = decode_quantized<format>;
#endif
    }
#endif
  } else {
    if constexpr (packed) of.packing.rows = rows_together;
#ifdef WEIGHIN_FLOATS
    using Format = FloatFormat<format>;
    of.gemv = packed ? gemv_packed_floats<Format> : gemv_plain_floats<Format>;
    add_gemm(packed ? gemm_packed_floats<Format> : gemm_plain_floats<Format>);
    if constexpr (!packed) of.decode = decode_floats<Format>;
#endif
#ifdef WEIGHIN_BF16
    if constexpr (format == FormatId::bf16) {
      of.activations = Activations::bf16;
      of.round = round_to_bf16;
      add_gemm(packed ? gemm_packed_bf16 : gemm_plain_bf16);
    }
#endif
  }
  return of;
}

constexpr MatrixFunctions of_all_formats[] = {
#define FORMAT(name, gguf_type, block_values, block_bytes)  \
  functions_of<FormatId::name, (block_values > 1), true>(), \
      functions_of<FormatId::name, (block_values > 1), false>(),
#include "models/format/formats.inc"
#undef FORMAT
};

constexpr size_t count_own() {
  size_t count = 0;
  for (const MatrixFunctions& of : of_all_formats) count += of.format != FormatId::none;
  return count;
}

/// Those that this set adds, in the order of formats.inc, packed before plain.
struct OwnFunctions {
  MatrixFunctions functions[count_own()];
};
constexpr OwnFunctions own_functions() {
  OwnFunctions own{};
  size_t count = 0;
  for (const MatrixFunctions& of : of_all_formats) {
    if (of.format != FormatId::none) own.functions[count++] = of;
  }
  return own;
}
constexpr OwnFunctions own = own_functions();
