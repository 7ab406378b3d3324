// Structured pruning, as published examples did it.
#pragma once

#include <vector>

#include "models/shrink/technique.h"

namespace weighin {

/// `shape` pruned as the published examples were, where it can be. See recipes in the source.
std::vector<SmallerModel> pruning_options(const ModelShape& shape, const FileFormat& start);

}  // namespace weighin
