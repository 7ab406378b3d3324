// The matrix kernels compiled for neon. Everything of the library comes first, so that none of it is
// compiled for a set that the machine may lack.
#if defined(__aarch64__)
#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/half.h"

#define WEIGHIN_SET neon
#define WEIGHIN_DOTPROD 0
#define WEIGHIN_PLAIN_GEMV 1
#define WEIGHIN_FLOATS 1

namespace weighin::neon {
#include "kernels/cpu/isa/neon.h"
#include "kernels/cpu/matrix/all.inl"
}  // namespace weighin::neon
#endif
