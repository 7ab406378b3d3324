// No engine's file format names these tensors. The names are the paper's terms.
#include "models/shape/build_bottleneck.h"

#include <fmt/format.h>

namespace weighin {

void add_bottleneck_layer(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  const uint64_t narrow = shape.bottleneck_width, wide = shape.width;
  build.matrix("bottleneck_input", TensorRole::projection, narrow, wide, true);
  build.norm("bottleneck_input_norm", narrow);
  build.matrix("bottleneck_attention", TensorRole::projection, narrow, wide, true);
  build.norm("bottleneck_attention_norm", narrow);
  build.matrix("attn_q", TensorRole::attn_q, narrow, narrow, true);
  build.matrix("attn_k", TensorRole::attn_k, narrow, narrow, true);
  build.matrix("attn_v", TensorRole::attn_v, narrow, wide, true);
  build.matrix("attn_output", TensorRole::attn_output, narrow, narrow, true);
  build.norm("attn_output_norm", narrow);
  for (uint32_t i = 0; i < shape.stacked_feed_forwards; ++i) {
    const auto name = [&](const char* part) { return fmt::format("{}.{}", part, i); };
    build.matrix(name("ffn_up"), TensorRole::ffn_up, layer.ffn_width, narrow, true);
    build.matrix(name("ffn_down"), TensorRole::ffn_down, narrow, layer.ffn_width, true);
    build.norm(name("ffn_norm"), narrow);
  }
  build.matrix("bottleneck_output", TensorRole::projection, wide, narrow, true);
  build.norm("layer_output_norm", wide);
}

}  // namespace weighin
