// Synthetic encoders: an ONNX file of true shape with random valid weights, which ONNX Runtime loads and
// runs.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// The bytes that write_onnx would write. Error: why no such file can be.
tl::expected<uint64_t, std::string> onnx_bytes(const ModelShape& shape, const FileFormat& format);

/// Writes `path` anew, or not at all, with weights by `seed`. Memory is constant. Error: what encoder_graph
/// says, more than protobuf's 2 GB (real exports keep such weights in a second file), too little free
/// storage, what the system said.
tl::expected<uint64_t, std::string> write_onnx(const ModelShape& shape, const FileFormat& format,
                                               const std::string& path, uint64_t seed = 1);

}  // namespace weighin
