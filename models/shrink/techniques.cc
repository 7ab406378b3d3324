#include "models/shrink/technique.h"

namespace weighin {
namespace {

constexpr Technique techniques[] = {
    {"quantization", quantization_options, false},
    {"distillation", distillation_options, true},
    {"pruning", pruning_options, true},
    {"sparsity", sparsity_options, false},
    {"sharing", sharing_options, true},
    {"smaller model", relative_options, true},  // not of the model at all: an alternative
};

}  // namespace

std::span<const Technique> all_techniques() {
  return techniques;
}

std::shared_ptr<const ModelShape> itself(const ModelShape& shape) {
  return {std::shared_ptr<const void>(), &shape};
}

}  // namespace weighin
