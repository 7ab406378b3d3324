// The GPU's rows of the kernel table: every family's.
#include "kernels/vulkan/rows.h"

#include <utility>

namespace weighin {

std::vector<Kernel> vulkan_kernels() {
  std::vector<Kernel> all = vulkan_matrix_kernels();
  return all;
}

}  // namespace weighin
