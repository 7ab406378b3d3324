// The matrix kernels compiled for avx512. Everything of the library comes first, so that none of it is
// compiled for a set that the machine may lack.
#if defined(__x86_64__)
// GCC 12 takes the undefined operand of its own unmasked intrinsics for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/half.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq")

#define WEIGHIN_SET avx512
#define WEIGHIN_VNNI 0
#define WEIGHIN_PLAIN_GEMV 0
#define WEIGHIN_FLOATS 1
#define WEIGHIN_SPLIT_SUMS

namespace weighin::avx512 {
#include "kernels/cpu/isa/avx512.h"
#include "kernels/cpu/matrix/all.inl"
}  // namespace weighin::avx512

#pragma GCC pop_options
#endif
