// The matrix kernels compiled for avx512bf16: gemm of bf16 alone, since gemv waits for memory and
// everything else is avx512's. Everything of the library comes first, so that none of it is
// compiled for a set that the machine may lack.
#if defined(__x86_64__)
// GCC 12 takes the undefined operand of its own unmasked intrinsics for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/formats/half.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")

#define WEIGHIN_VNNI 0

namespace weighin::avx512bf16 {
// clang-format off
#include "kernels/cpu/isa/avx512bf16.h"
#include "kernels/cpu/matrix/floats.inl"
#include "kernels/cpu/matrix/float_panels.inl"
#include "kernels/cpu/matrix/bf16_pairs.inl"
#include "kernels/cpu/matrix/rounding_bf16.inl"
// clang-format on

static constexpr MatrixFunctions functions[] = {
    {FormatId::bf16,
     Isa::avx512bf16,
     {unit_rows},
     Activations::bf16,
     round_to_bf16,
     nullptr,
     gemm_pairs<pairs_of_units>,
     nullptr},
    {FormatId::bf16,
     Isa::avx512bf16,
     {},
     Activations::bf16,
     round_to_bf16,
     nullptr,
     gemm_pairs<pairs_of_rows>,
     nullptr},
};

std::span<const MatrixFunctions> matrix_functions() {
  return functions;
}
}  // namespace weighin::avx512bf16

#pragma GCC pop_options
#endif
