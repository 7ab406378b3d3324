// Synthetic models: a GGUF file of true shape with random valid weights, which a real engine loads and runs.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

struct SyntheticOptions {
  bool vocabulary = true;  // else tokenizer.ggml.model is no_vocab
  uint64_t seed = 1;
  bool sparse = false;  // the header, and holes for weights: for reading sizes, not for running
};

/// The bytes that write_gguf would write. Error: why no such file can be.
tl::expected<uint64_t, std::string> synthetic_bytes(const ModelShape& shape, const FileFormat& format,
                                                    const SyntheticOptions& options = {});

/// Writes `path` anew, or not at all: the file is complete when it has its name. Memory is constant. Error:
/// an architecture that GGUF has no name for, a container that is not GGUF, too little free storage (with
/// both numbers), what the system said.
tl::expected<uint64_t, std::string> write_gguf(const ModelShape& shape, const FileFormat& format,
                                               const std::string& path, const SyntheticOptions& options = {});

}  // namespace weighin
