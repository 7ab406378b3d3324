#include "kernels/vulkan/vulkan_kernels.h"

#include "kernels/vulkan/attention.h"
#include "kernels/vulkan/bounds.h"
#include "kernels/vulkan/embedding.h"
#include "kernels/vulkan/matrix.h"
#include "kernels/vulkan/rounding.h"
#include "kernels/vulkan/rows.h"
#include "kernels/vulkan/transfers.h"

namespace weighin {

std::vector<Kernel> vulkan_kernels() {
  std::vector<Kernel> all;
  for (const auto family :
       {vulkan_bound_kernels, vulkan_transfer_kernels, vulkan_matrix_kernels, vulkan_rounding_kernels,
        vulkan_embedding_kernels, vulkan_attention_kernels, vulkan_row_kernels})
    for (Kernel& kernel : family()) all.push_back(std::move(kernel));
  return all;
}

}  // namespace weighin
