// The weights of a model as its forward pass reads them: matrices packed for the instruction set and vectors
// as floats, all in one block of memory.
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
  const std::byte* weights = nullptr;  // laid out as functions->packing says; rows are padded to whole units
  uint64_t row_bytes = 0, rows = 0;
  uint32_t cols = 0;
  Ahead ahead{};
  std::span<const float> bias;  // empty: there is none
};

/// The weights of one layer. A vector is empty where the architecture has no such normalization.
struct LayerWeights {
  std::span<const float> attn_norm, q_norm, k_norm, after_attention_norm, ffn_norm, after_ffn_norm;
  Product q, k, v, attn_output, gate, up, down;
};

struct ForwardWeights {
  PageMemory memory;  // holds everything below
  std::vector<LayerWeights> layers;
  // The table of embeddings is not packed, since single rows of it are decoded.
  const std::byte* embeddings = nullptr;  // [vocab][embedding_row_bytes]
  uint64_t embedding_row_bytes = 0;
  void (*decode_embedding)(const std::byte* row, float* values, uint32_t k) = nullptr;
  std::span<const float> output_norm, rope_factors;
  Product output;
  double load_s = 0;  // for reading, packing and copying
};

/// The format that each of `shape.tensors` is computed in: the one that tensor_formats() says, or where no
/// kernel multiplies that format the nearest finer one. Predictions assume the same.
std::vector<FormatId> computed_formats(const ModelShape& shape, const FileFormat& format);

/// The bytes that load_weights() takes for `shape`. Error: a tensor that the pass has no slot for.
tl::expected<uint64_t, std::string> forward_weight_bytes(const ModelShape& shape,
                                                         const std::vector<FormatId>& formats);

/// Loads all weights of `shape` for the kernels of one token's products that `kernels` gives first. All
/// threads of `pool` pack them. Where a file rotates values 2i and 2i + 1 of a head together, rows of queries
/// and keys are reordered so that pairs are i and i + dim / 2, and RoPE rotates whole vectors; scores, which
/// are sums over a head, stay the same. Error: a tensor that is missing, is in a format that no kernel here
/// multiplies, or has no slot in this pass; or how much memory was refused.
tl::expected<ForwardWeights, std::string> load_weights(const ModelShape& shape, const ForwardFacts& facts,
                                                       const std::vector<FormatId>& formats,
                                                       const TensorSource& source,
                                                       const KernelChoice& kernels, ThreadPool& pool);

}  // namespace weighin
