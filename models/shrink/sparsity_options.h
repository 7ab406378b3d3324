// Sparsity: half of the values are zero.
#pragma once

#include <vector>

#include "models/shrink/technique.h"

namespace weighin {

/// `shape` with half of its values zero, in each way to store that.
std::vector<SmallerModel> sparsity_options(const ModelShape& shape, const FileFormat& start);

}  // namespace weighin
