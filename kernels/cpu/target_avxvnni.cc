#if defined(__x86_64__)
#include "kernels/cpu/matrix_work.h"

namespace weighin::avxvnni {
std::span<const MatrixFunctions> matrix_functions() {
  return {};
}
}  // namespace weighin::avxvnni
#endif
