// Quantization: the same model in a file format of fewer bits.
#pragma once

#include <vector>

#include "models/shrink/technique.h"

namespace weighin {

/// The same model in every GGUF format that takes fewer bytes than `start`. Empty where `start` is the format
/// of a file that was read.
std::vector<SmallerModel> quantization_options(const ModelShape& shape, const FileFormat& start);

}  // namespace weighin
