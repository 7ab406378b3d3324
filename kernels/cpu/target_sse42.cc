// The matrix kernels compiled for sse42. Everything of the library comes first, so that none of it is
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
#pragma GCC target("sse4.2")

#define WEIGHIN_SET sse42
#define WEIGHIN_PLAIN_GEMV 1
#define WEIGHIN_FLOATS 1

namespace weighin::sse42 {
#include "kernels/cpu/isa/sse42.h"
#include "kernels/cpu/matrix/all.inl"
}  // namespace weighin::sse42

#pragma GCC pop_options
#endif
