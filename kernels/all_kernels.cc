// The kernel table: every family's rows.
#include <algorithm>

#include "kernels/cpu/rows.h"
#include "kernels/kernel.h"

namespace weighin {

const std::vector<Kernel>& all_kernels() {
  static const std::vector<Kernel> kernels = [] {
    std::vector<Kernel> all = matrix_kernels();
    for (Kernel& kernel : rounding_kernels()) all.push_back(std::move(kernel));
    for (Kernel& kernel : embedding_kernels()) all.push_back(std::move(kernel));
    for (Kernel& kernel : repack_kernels()) all.push_back(std::move(kernel));
    for (Kernel& kernel : ops_kernels()) all.push_back(std::move(kernel));
    for (Kernel& kernel : storage_kernels()) all.push_back(std::move(kernel));
    return all;
  }();
  return kernels;
}

std::vector<const Kernel*> kernels_for(const Problem& problem, const Simd& simd) {
  std::vector<const Kernel*> found;
  for (const Kernel& kernel : all_kernels()) {
    const bool reads_it = kernel.format == FormatId::none || kernel.format == problem.format;
    if (kernel.op == problem.op && reads_it && runs(simd, kernel.isa)) found.push_back(&kernel);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Kernel* a, const Kernel* b) { return a->isa > b->isa; });
  return found;
}

}  // namespace weighin
