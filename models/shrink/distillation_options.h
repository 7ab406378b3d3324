// Smaller models in place of this one.
#pragma once

#include <vector>

#include "models/shrink/technique.h"

namespace weighin {

/// The models of the catalogue that were trained on the outputs of `shape`.
std::vector<SmallerModel> distillation_options(const ModelShape& shape, const FileFormat& start);

/// Smaller models of the same family and maker that were not made from `shape`: those of its series first,
/// then the newest and largest. At most six.
std::vector<SmallerModel> relative_options(const ModelShape& shape, const FileFormat& start);

}  // namespace weighin
