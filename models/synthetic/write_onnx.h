// Synthetic encoders: ONNX files with the true shape of a model and random valid weights. ONNX Runtime loads
// and runs them.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// The bytes that write_onnx() would write. Error: why there can be no such file.
tl::expected<uint64_t, std::string> onnx_bytes(const ModelShape& shape, const FileFormat& format);

/// Writes the file `path`, completely or not at all, with weights that depend on `seed`, and returns its
/// bytes. It takes the same memory for every model. Error: as encoder_graph(), a file of more than protobuf's
/// 2 GB (real exports put such weights into a second file), too little free storage, or what the system said.
tl::expected<uint64_t, std::string> write_onnx(const ModelShape& shape, const FileFormat& format,
                                               const std::string& path, uint64_t seed = 1);

}  // namespace weighin
