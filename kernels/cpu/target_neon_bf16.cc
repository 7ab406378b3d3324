#if defined(__aarch64__)
#include "kernels/cpu/matrix_work.h"

namespace weighin::neon_bf16 {
std::span<const MatrixFunctions> matrix_functions() {
  return {};
}
}  // namespace weighin::neon_bf16
#endif
