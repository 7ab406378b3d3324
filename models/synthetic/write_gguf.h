// Synthetic models: GGUF files with the true shape of a model and random valid weights. Real engines load and
// run them.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

struct SyntheticOptions {
  bool vocabulary = true;  // false: tokenizer.ggml.model is no_vocab
  uint64_t seed = 1;
  bool sparse = false;  // the file has a hole in place of weights: its sizes can be read, but it cannot run
};

/// The bytes that write_gguf() would write. Error: why there can be no such file.
tl::expected<uint64_t, std::string> synthetic_bytes(const ModelShape& shape, const FileFormat& format,
                                                    const SyntheticOptions& options = {});

/// Writes the file `path`, completely or not at all, and returns its bytes. It takes the same memory for
/// every model. Error: GGUF has no name for the architecture, the container is not GGUF, there is too little
/// free storage (with both numbers), or what the system said.
tl::expected<uint64_t, std::string> write_gguf(const ModelShape& shape, const FileFormat& format,
                                               const std::string& path, const SyntheticOptions& options = {});

}  // namespace weighin
