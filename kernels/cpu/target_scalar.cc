// The matrix kernels in plain C++, for any machine.
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/half.h"

#define WEIGHIN_SET scalar
#define WEIGHIN_PLAIN_GEMV 1
#define WEIGHIN_FLOATS 1

namespace weighin::scalar {
#include "kernels/cpu/isa/scalar.h"
#include "kernels/cpu/matrix/all.inl"
}  // namespace weighin::scalar
