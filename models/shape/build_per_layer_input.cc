// AltUp: arXiv 2301.13310. LAuReL: arXiv 2411.07501. Names and layouts are llama.cpp's
// (src/models/gemma3n.cpp, gemma4.cpp, read 2026-11-24).
#include "models/shape/build_per_layer_input.h"

namespace weighin {

void add_per_layer_inputs(ModelShape& shape) {
  TensorBuilder build(shape, -1);
  if (shape.altup_inputs > 1) {
    build.matrices("altup_proj", TensorRole::projection, shape.altup_inputs - 1, shape.width, shape.width);
    build.matrices("altup_unembd_proj", TensorRole::projection, shape.altup_inputs - 1, shape.width,
                   shape.width);
  }
  const uint64_t all = uint64_t{shape.per_layer_width} * shape.layers;
  if (all == 0) return;
  build.table("per_layer_token_embd", TensorRole::per_layer_embedding, shape.per_layer_vocab, all);
  build.matrix("per_layer_model_proj", TensorRole::projection, all, shape.width);
  build.norm("per_layer_proj_norm", shape.per_layer_width);
}

void add_per_layer_input(TensorBuilder& build, const ModelShape& shape) {
  if (shape.per_layer_width) {
    build.matrix("inp_gate", TensorRole::projection, shape.per_layer_width, shape.width);
    build.matrix("proj", TensorRole::projection, shape.width, shape.per_layer_width);
    build.norm("post_norm", shape.width);
  }
  if (shape.architecture == "gemma4") build.vector("layer_output_scale", "weight", TensorRole::bias, 1);
  const uint64_t inputs = shape.altup_inputs;
  if (inputs == 0) return;
  build.matrix("altup_correct_coef", TensorRole::projection, inputs, inputs);
  build.vector("altup_correct_scale", "weight", TensorRole::norm, shape.width);
  build.matrix("altup_predict_coef", TensorRole::projection, inputs * inputs, inputs);
  build.matrix("altup_router", TensorRole::projection, inputs, shape.width);
  build.norm("altup_router_norm", shape.width);
  if (shape.laurel_rank) {
    build.matrix("laurel_l", TensorRole::projection, shape.laurel_rank, shape.width);
    build.matrix("laurel_r", TensorRole::projection, shape.width, shape.laurel_rank);
    build.norm("laurel_post_norm", shape.width);
  }
}

}  // namespace weighin
