// Bytes of a model's file: what is downloaded.
#pragma once

#include <cstdint>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

struct FileBytes {
  uint64_t weights = 0;  // values, scales, zero points, and the padding between tensors
  uint64_t header =
      0;  // all else: names and places of the tensors, and what the container carries beside them
  uint64_t total() const { return weights + header; }
};

/// The file of `shape` in `format`, split files taken together. Without the vision tower, which is a file of
/// its own.
///
/// GGUF (specification v3): weights to the byte. In the header, tensor names and shapes are exact; the
/// tokenizer is estimated from the size of the vocabulary where no file was read, by what published files
/// hold (docs in the source), and so is the rest of the metadata. Other containers: packed_formats.h.
FileBytes file_bytes(const ModelShape& shape, const FileFormat& format);

/// A GGUF header's tokenizer: tokens, scores, kinds, merges. Read where a file was, else an estimate.
uint64_t gguf_tokenizer_bytes(const ModelShape& shape);

}  // namespace weighin
