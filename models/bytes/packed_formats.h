// Files of containers other than GGUF: how each container packs a matrix, and which matrices it leaves in 16
// or 32 bits. The table is in packed_formats.cc.
#pragma once

#include <cstdint>

#include "models/bytes/file_bytes.h"

namespace weighin {

/// How a matrix of `rows` x `cols` (outputs x inputs) is stored.
struct Packing {
  uint32_t bits = 16;  // bits of one value
  /// Inputs that share a scale. 0: all inputs of a row do.
  uint32_t group = 0;
  uint32_t scale_bytes = 0;  // bytes of a group's scale, with its minimum where there is one
  uint32_t zero_bits = 0;    // bits of a group's zero point; these are packed over the rows
  uint32_t input_bytes = 0;  // bytes for each input: GPTQ's g_idx
  bool one_scale = false;    // scale_bytes count once for the whole matrix
};

/// Bytes of a matrix of `rows` x `cols` in that packing.
uint64_t packed_bytes(const Packing& packing, uint64_t rows, uint64_t cols);

/// How a file format packs each kind of tensor, and what its header takes.
struct PackedFormat {
  FileFormatId id;
  Packing attention;
  Packing feed_forward;   // also of every other matrix
  Packing embedding;      // of tables that are looked up
  Packing output;         // of the output head, where it is not the embedding
  Packing kept;           // of vectors, routers, convolutions and small tables
  uint64_t tensor_bytes;  // of the header for each tensor: name, kind, shape, offset
  uint64_t layer_bytes;   // of the header for each layer: the operations of a graph
  uint64_t token_bytes;  // of the header for each entry of the vocabulary, where the file holds the tokenizer
  /// layer_bytes of an encoder, whose graph has no operations for a KV cache.
  uint64_t encoder_layer_bytes = 0;
};

/// The row of the table for `id`; nullptr for GGUF formats.
const PackedFormat* find_packed_format(FileFormatId id);

/// The file of `shape` in a `format` that is not GGUF. Values, scales and zero points are exact for models
/// whose tensors the converter does not split or join. The header (the JSON of a safetensors file, an ONNX
/// graph) is an estimate. Tokenizer files beside the weights, of 0.5 MB to 17 MB, are not counted.
FileBytes packed_file_bytes(const ModelShape& shape, const FileFormat& format);

}  // namespace weighin
