// The GPU's rows of the kernel table: every family's.
#include "kernels/vulkan/rows.h"

#include <fmt/format.h>

#include <utility>

namespace weighin {

std::vector<Kernel> vulkan_kernels() {
  std::vector<Kernel> all;
  for (const auto family : {vulkan_bound_kernels, vulkan_transfer_kernels, vulkan_matrix_kernels,
                            vulkan_format_kernels, vulkan_attention_kernels, vulkan_row_kernels})
    for (Kernel& kernel : family()) all.push_back(std::move(kernel));
  return all;
}

std::string lacks_nothing(const GpuFacts&) {
  return "";
}

Kernel gpu_row(std::string name, Op op, FormatId format, PrepareOnGpu prepare,
               std::function<std::string(const GpuFacts&)> lacks) {
  Kernel kernel{.name = std::move(name), .op = op, .format = format, .isa = Isa::scalar, .prepare = {}};
  kernel.backend = Backend::vulkan;
  kernel.lacks = std::move(lacks);
  kernel.prepare = [prepare = std::move(prepare)](
                       const Problem& problem,
                       Workbench& bench) -> tl::expected<std::unique_ptr<Prepared>, std::string> {
    const auto cannot = [&](const std::string& reason) {
      return tl::unexpected(fmt::format("Cannot prepare {} on the GPU: {}.", describe(problem), reason));
    };
    if (bench.gpu == nullptr) return cannot("none was opened");
    auto prepared = prepare(problem, bench);
    if (!prepared) return cannot(prepared.error());
    return prepared;
  };
  return kernel;
}

}  // namespace weighin
