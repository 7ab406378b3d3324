// The weights of a model as its forward pass reads them: matrices packed for the instruction set, vectors as
// floats, all in one block of memory.
#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/cpu/matrix/products.h"
#include "kernels/forward/facts.h"
#include "kernels/forward/tensor_source.h"
#include "kernels/system/page_memory.h"
#include "kernels/threads/thread_pool.h"
#include "models/format/file_format.h"

namespace weighin {

/// y[rows] = W[rows][cols] x[cols] + bias.
struct Product {
  const MatrixFunctions* functions = nullptr;  // nullptr: the model has no such product
  const std::byte* weights = nullptr;          // as functions->packing says; rows padded to whole units
  uint64_t row_bytes = 0, rows = 0;
  uint32_t cols = 0;
  std::span<const float> bias;  // empty: none
};

/// Empty vectors: the architecture has no such normalization.
struct LayerWeights {
  std::span<const float> attn_norm, q_norm, k_norm, after_attention_norm, ffn_norm, after_ffn_norm;
  Product q, k, v, attn_output, gate, up, down;
};

struct ForwardWeights {
  PageMemory memory;  // of all below
  std::vector<LayerWeights> layers;
  // The table of embeddings stays plain: single rows of it are decoded.
  const std::byte* embeddings = nullptr;  // [vocab][embedding_row_bytes]
  uint64_t embedding_row_bytes = 0;
  void (*decode_embedding)(const std::byte* row, float* values, uint32_t k) = nullptr;
  std::span<const float> output_norm, rope_factors;
  Product output;
  double load_s = 0;  // reading, packing and copying
};

/// The format each of `shape.tensors` is computed in: as tensor_formats() says, or where no kernel multiplies
/// that the nearest finer one, as predictions take it.
std::vector<FormatId> computed_formats(const ModelShape& shape, const FileFormat& format);

/// Bytes that load_weights() takes for `shape`. Error: a tensor that the pass has no place for.
tl::expected<uint64_t, std::string> forward_weight_bytes(const ModelShape& shape,
                                                         const std::vector<FormatId>& formats);

/// All weights of `shape`, by the best kernels `simd` can run, packed by all threads of `pool`. Rows of
/// queries and keys whose rotated pairs are adjacent_pairs are put in the order of halves, in which RoPE
/// turns whole vectors: scores, sums over a head, stay the same. Error: a tensor that is missing, in a format
/// that no kernel here multiplies, or has no place in this pass; memory that was refused.
tl::expected<ForwardWeights, std::string> load_weights(const ModelShape& shape, const ForwardFacts& facts,
                                                       const std::vector<FormatId>& formats,
                                                       const TensorSource& source, const Simd& simd,
                                                       ThreadPool& pool);

}  // namespace weighin
