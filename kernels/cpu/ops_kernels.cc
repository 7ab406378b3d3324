#include <utility>

#include "kernels/cpu/ops_attention.h"
#include "kernels/cpu/ops_bounds.h"
#include "kernels/cpu/ops_rows.h"
#include "kernels/cpu/rows.h"

namespace weighin {

std::vector<Kernel> ops_kernels() {
  std::vector<Kernel> rows = bound_kernels();
  for (Kernel& kernel : attention_kernels()) rows.push_back(std::move(kernel));
  for (Kernel& kernel : row_kernels()) rows.push_back(std::move(kernel));
  return rows;
}

}  // namespace weighin
