// The matrix kernels compiled for neon_bf16: gemm of bf16 alone, since gemv waits for memory and everything
// else is that of lesser sets. Everything of the library comes first, so that none of it is compiled for a
// set that the machine may lack.
#if defined(__aarch64__)
#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/formats/half.h"

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+bf16")

#define WEIGHIN_DOTPROD 0

namespace weighin::neon_bf16 {
// clang-format off
#include "kernels/cpu/isa/neon_bf16.h"
#include "kernels/cpu/matrix/floats.inl"
#include "kernels/cpu/matrix/float_panels.inl"
#include "kernels/cpu/matrix/bf16_quads.inl"
#include "kernels/cpu/matrix/rounding_bf16.inl"
// clang-format on

static constexpr MatrixFunctions functions[] = {
    {FormatId::bf16,
     Isa::neon_bf16,
     {unit_rows},
     Activations::bf16,
     round_to_bf16,
     nullptr,
     gemm_quads<quads_of_units>,
     nullptr},
    {FormatId::bf16,
     Isa::neon_bf16,
     {},
     Activations::bf16,
     round_to_bf16,
     nullptr,
     gemm_quads<quads_of_rows>,
     nullptr},
};

std::span<const MatrixFunctions> matrix_functions() {
  return functions;
}
}  // namespace weighin::neon_bf16

#pragma GCC pop_options
#endif
