// Bytes of a model's file, which is what is downloaded.
#pragma once

#include <cstdint>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

struct FileBytes {
  uint64_t weights = 0;  // values, scales, zero points, and the padding between tensors
  uint64_t header = 0;   // names and offsets of the tensors, metadata, tokenizer: everything else
  uint64_t total() const { return weights + header; }
};

/// The file of `shape` in `format`. The parts of a split file count together. The vision tower does not
/// count, since it is a file of its own.
///
/// GGUF (specification v3): the weights are exact to the byte, and so are names and shapes of tensors in the
/// header. The tokenizer and the rest of the metadata are exact where a file was read. Else the tokenizer is
/// estimated from the size of the vocabulary, by what published files hold (see the source), and the rest is
/// a constant. Other containers: packed_formats.h.
FileBytes file_bytes(const ModelShape& shape, const FileFormat& format);

/// Bytes to download: the whole file that was read where `format` is as_stored, else the total of
/// file_bytes().
uint64_t download_bytes(const ModelShape& shape, const FileFormat& format);

/// Bytes of the tokenizer in a GGUF header: tokens, scores, kinds and merges. Exact where a file was read,
/// else an estimate.
uint64_t gguf_tokenizer_bytes(const ModelShape& shape);

}  // namespace weighin
