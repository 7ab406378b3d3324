// A few transformer blocks are stored once and used by many layers. Each use has low-rank adapters of its
// own. No engine's file format names these tensors.
#include "models/shape/build_shared_block.h"

#include <fmt/format.h>

#include "models/shape/tensor_builder.h"

namespace weighin {
namespace {

void add_adapter(TensorBuilder& build, const char* name, uint64_t rank, uint64_t rows, uint64_t cols) {
  build.matrix(fmt::format("{}_a", name), TensorRole::projection, rank, cols);
  build.matrix(fmt::format("{}_b", name), TensorRole::projection, rows, rank);
}

}  // namespace

void add_shared_block(ModelShape& shape, int32_t index, const Layer& layer) {
  const uint64_t wide = 2ull * shape.width, heads = uint64_t{layer.heads} * shape.head_dim;
  TensorBuilder own(shape, index);
  own.matrix("shared_output", TensorRole::projection, shape.width, shape.width);
  add_adapter(own, "ffn_adapter", shape.adapter_rank, 2ull * layer.ffn_width, shape.width);
  if (shape.attention_adapter)
    for (const char* name : {"attn_q_adapter", "attn_k_adapter", "attn_v_adapter"})
      add_adapter(own, name, shape.adapter_rank, heads, wide);
  TensorBuilder build(shape, index);
  if (layer.shared_weights) build.store_nothing();
  build.norm("shared_attn_norm", wide);
  build.matrix("attn_q", TensorRole::attn_q, heads, wide);
  build.matrix("attn_k", TensorRole::attn_k, heads, wide);
  build.matrix("attn_v", TensorRole::attn_v, heads, wide);
  build.matrix("attn_output", TensorRole::attn_output, shape.width, heads);
  build.norm("shared_ffn_norm", shape.width);
  build.matrix("ffn_up", TensorRole::ffn_up, 2ull * layer.ffn_width, shape.width);
  build.matrix("ffn_down", TensorRole::ffn_down, shape.width, layer.ffn_width);
}

}  // namespace weighin
