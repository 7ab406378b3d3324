// The matrix kernels compiled for neon_i8mm. Everything of the library comes first, so that none of it is
// compiled for a set that the machine may lack.
#if defined(__aarch64__)
#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/half.h"

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod+i8mm")

#define WEIGHIN_SET neon_i8mm
#define WEIGHIN_DOTPROD 1
#define WEIGHIN_TILES
#define WEIGHIN_PLAIN_GEMV 0
#define WEIGHIN_FLOATS 0

namespace weighin::neon_i8mm {
#include "kernels/cpu/isa/neon_i8mm.h"
#include "kernels/cpu/matrix/all.inl"
}  // namespace weighin::neon_i8mm

#pragma GCC pop_options
#endif
