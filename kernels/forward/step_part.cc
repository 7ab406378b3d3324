#include "kernels/forward/step_part.h"

namespace weighin {

std::string_view part_name(StepPart part) {
  constexpr std::array<std::string_view, step_parts> names{"matrices",   "attention", "norms",   "rounding",
                                                           "activation", "embedding", "sampling"};
  return names[static_cast<size_t>(part)];
}

}  // namespace weighin
