#include "kernels/table/all_kernels.h"

#include <algorithm>

#include "kernels/cpu/attention/attention.h"
#include "kernels/cpu/bounds/barrier.h"
#include "kernels/cpu/bounds/bounds.h"
#include "kernels/cpu/bounds/storage.h"
#include "kernels/cpu/matrix/expert_products.h"
#include "kernels/cpu/matrix/products.h"
#include "kernels/cpu/matrix/rounding.h"
#include "kernels/cpu/rows/rows.h"
#include "kernels/cpu/weights/embedding.h"
#include "kernels/cpu/weights/repack.h"
#include "kernels/vulkan/device/gpu_facts.h"
#include "kernels/vulkan/vulkan_kernels.h"

namespace weighin {
namespace {

template <class Can>
std::vector<const Kernel*> computing(const Problem& problem, Backend backend, Can can) {
  std::vector<const Kernel*> found;
  for (const Kernel& kernel : all_kernels()) {
    const bool reads_it = kernel.format == FormatId::none || kernel.format == problem.format;
    if (kernel.backend == backend && kernel.op == problem.op && reads_it && can(kernel))
      found.push_back(&kernel);
  }
  return found;
}

}  // namespace

const std::vector<Kernel>& all_kernels() {
  static const std::vector<Kernel> kernels = [] {
    std::vector<Kernel> all;
    for (const auto family :
         {matrix_kernels, expert_kernels, rounding_kernels, embedding_kernels, repack_kernels, bound_kernels,
          attention_kernels, barrier_kernels, row_kernels, storage_kernels, vulkan_kernels}) {
      for (Kernel& kernel : family()) all.push_back(std::move(kernel));
    }
    return all;
  }();
  return kernels;
}

std::vector<const Kernel*> gpu_kernels_for(const Problem& problem, const GpuFacts& gpu) {
  return computing(problem, Backend::vulkan, [&](const Kernel& kernel) { return kernel.lacks(gpu).empty(); });
}

std::vector<const Kernel*> kernels_for(const Problem& problem, const Simd& simd) {
  auto found = computing(problem, Backend::cpu, [&](const Kernel& kernel) { return runs(simd, kernel.isa); });
  std::stable_sort(found.begin(), found.end(),
                   [](const Kernel* a, const Kernel* b) { return a->isa > b->isa; });
  return found;
}

KernelChoice kernels_of(const Simd& simd) {
  return [simd](const Problem& problem) { return kernels_for(problem, simd); };
}

}  // namespace weighin
