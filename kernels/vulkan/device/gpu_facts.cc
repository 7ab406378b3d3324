#include "kernels/vulkan/device/gpu_facts.h"

namespace weighin {

std::optional<size_t> chosen_gpu(std::span<const GpuFacts> gpus, std::string_view id,
                                 std::string_view driver) {
  std::optional<size_t> first;
  for (size_t i = 0; i < gpus.size(); ++i) {
    if (gpus[i].id != id) continue;
    if (gpus[i].driver == driver) return i;
    if (!first) first = i;
  }
  return first;
}

}  // namespace weighin
