// Files of containers other than GGUF: how each packs a matrix, and which matrices it leaves in 16 or 32
// bits. The table is packed_formats.cc.
#pragma once

#include <cstdint>

#include "models/bytes/file_bytes.h"

namespace weighin {

/// How one matrix of `rows` x `cols` (outputs x inputs) is stored.
struct Packing {
  uint32_t bits = 16;  // of a value
  /// Inputs that share a scale; 0: a whole row does.
  uint32_t group = 0;
  uint32_t scale_bytes = 0;  // a group, with the minimum where there is one
  uint32_t zero_bits = 0;    // of a group's zero point, packed over the rows
  uint32_t input_bytes = 0;  // an input: GPTQ's g_idx
  bool one_scale = false;    // scale_bytes are of the whole matrix
};

/// Bytes of that matrix.
uint64_t packed_bytes(const Packing& packing, uint64_t rows, uint64_t cols);

/// How a file packs its parts.
struct PackedFormat {
  FileFormatId id;
  Packing attention;
  Packing feed_forward;   // and every matrix that is neither attention nor one of those below
  Packing embedding;      // looked up
  Packing output;         // the head, where it is not the embedding
  Packing kept;           // vectors, routers, convolutions, small tables
  uint64_t tensor_bytes;  // of the header, a tensor: name, kind, shape, place
  uint64_t layer_bytes;   // of the header, a layer: the graph's operations
  uint64_t token_bytes;   // of the header, a vocabulary entry: a tokenizer in the file
  /// An encoder's layer_bytes: it keeps no keys and values.
  uint64_t encoder_layer_bytes = 0;
};

/// The row of the table for `id`; nullptr for GGUF formats.
const PackedFormat* find_packed_format(FileFormatId id);

/// The file of `shape` in a `format` that is not GGUF. Values, scales and zero points are exact for models
/// whose tensors the converter takes as they are; the header's share (a safetensors file's JSON, an ONNX
/// graph) is an estimate. Tokenizer files beside the weights are not counted: some 0.5 MB to 17 MB.
FileBytes packed_file_bytes(const ModelShape& shape, const FileFormat& format);

}  // namespace weighin
