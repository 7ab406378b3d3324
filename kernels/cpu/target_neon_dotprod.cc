// The matrix kernels compiled for neon_dotprod. Everything of the library comes first, so that none of it is
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
#pragma GCC target("arch=armv8.2-a+dotprod")

#define WEIGHIN_SET neon_dotprod
#define WEIGHIN_DOTPROD 1
#define WEIGHIN_PLAIN_GEMV 1
#define WEIGHIN_FLOATS 0

namespace weighin::neon_dotprod {
#include "kernels/cpu/isa/neon.h"
#include "kernels/cpu/matrix/all.inl"
}  // namespace weighin::neon_dotprod

#pragma GCC pop_options
#endif
