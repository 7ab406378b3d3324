// The name of the format that a file's tensors are in.
#pragma once

#include <cstdint>
#include <string>

#include "models/shape/shape.h"

namespace weighin {

/// The name of the file format of a file whose tensors are `shape.tensors`: the row of file_formats.inc with
/// LLAMA_FTYPE `file_type` where most matrices follow it, else the tensor format that most weights are in.
std::string stored_format_name(const ModelShape& shape, uint32_t file_type);

}  // namespace weighin
