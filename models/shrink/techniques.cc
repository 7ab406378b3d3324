#include "models/shrink/techniques.h"

#include "models/shrink/distillation_options.h"
#include "models/shrink/pruning_options.h"
#include "models/shrink/quantization_options.h"
#include "models/shrink/sharing_options.h"
#include "models/shrink/sparsity_options.h"

namespace weighin {
namespace {

constexpr Technique techniques[] = {
    {"quantization", quantization_options, false},
    {"distillation", distillation_options, true},
    {"pruning", pruning_options, true},
    {"sparsity", sparsity_options, false},
    {"sharing", sharing_options, true},
    {"smaller model", relative_options, true},  // not made of this model: an alternative to it
};

}  // namespace

std::span<const Technique> all_techniques() {
  return techniques;
}

}  // namespace weighin
