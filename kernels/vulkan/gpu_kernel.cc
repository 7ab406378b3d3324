#include "kernels/vulkan/gpu_kernel.h"

#include <fmt/format.h>

#include <utility>

namespace weighin {

std::string lacks_nothing(const GpuFacts&) {
  return "";
}

Kernel gpu_kernel(std::string name, Op op, FormatId format, PrepareOnGpu prepare,
                  std::function<std::string(const GpuFacts&)> lacks) {
  Kernel kernel{.name = std::move(name), .op = op, .format = format, .isa = Isa::scalar, .prepare = {}};
  kernel.backend = Backend::vulkan;
  kernel.lacks = std::move(lacks);
  kernel.prepare = [prepare = std::move(prepare)](const Problem& problem,
                                                  Workbench& bench) -> PreparedOrError {
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
