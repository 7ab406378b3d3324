#include "kernels/kernel/kernel.h"

namespace weighin {

std::string_view backend_name(Backend backend) {
  return backend == Backend::cpu ? "cpu" : "vulkan";
}

}  // namespace weighin
