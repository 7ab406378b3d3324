// Parameter sharing. The model must be trained so from the beginning.
#pragma once

#include <vector>

#include "models/shrink/technique.h"

namespace weighin {

/// `shape` with its layers' weights shared, and with the embedding as output head, where it can be.
std::vector<SmallerModel> sharing_options(const ModelShape& shape, const FileFormat& start);

}  // namespace weighin
