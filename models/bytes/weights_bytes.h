// Bytes of a model's tensors.
#pragma once

#include <cstdint>
#include <vector>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// Exact bytes of the stored tensors.
uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format);
/// The same with `formats` from tensor_formats().
uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format,
                       const std::vector<FormatId>& formats);

/// Bytes of the largest tensor. `formats` has the format of each, in the order of shape.tensors.
uint64_t largest_tensor_bytes(const ModelShape& shape, const std::vector<FormatId>& formats);

}  // namespace weighin
