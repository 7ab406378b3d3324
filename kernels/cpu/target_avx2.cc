// The matrix kernels compiled for avx2. Everything of the library comes first, so that none of it is
// compiled for a set that the machine may lack.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/half.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")

#define WEIGHIN_SET avx2
#define WEIGHIN_VNNI 0
#define WEIGHIN_PLAIN_GEMV 1
#define WEIGHIN_FLOATS 1

namespace weighin::avx2 {
#include "kernels/cpu/isa/avx2.h"
#include "kernels/cpu/matrix/all.inl"
}  // namespace weighin::avx2

#pragma GCC pop_options
#endif
