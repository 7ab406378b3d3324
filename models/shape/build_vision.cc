// The names are those of llama.cpp's mmproj files (tools/mtmd/clip-impl.h, read 2026-11-24).
#include "models/shape/build_vision.h"

#include <fmt/format.h>

#include "models/shape/tensor_builder.h"

namespace weighin {
namespace {

void add_norm(TensorBuilder& build, const Vision& vision, const std::string& name, uint64_t values) {
  build.norm_weights(name, values);
  if (vision.norm == NormKind::layer) build.vector(name, "bias", TensorRole::bias, values);
}

void add_patches(TensorBuilder& build, const Vision& vision) {
  const uint64_t pixels = uint64_t{vision.patch} * vision.patch * vision.channels;
  for (uint32_t frame = 0; frame < vision.frames; ++frame) {
    const std::string ending = frame ? fmt::format(".{}", frame) : "";
    build.matrix_called("v.patch_embd.weight" + ending, TensorRole::projection, vision.width, pixels);
  }
  if (vision.patch_bias) build.vector("v.patch_embd", "bias", TensorRole::bias, vision.width);
  if (vision.class_token) build.bare("v.class_embd", TensorRole::bias, 1, vision.width);
  build.table("v.position_embd", TensorRole::position_embedding, vision.positions, vision.width);
  if (vision.norm_before) add_norm(build, vision, "v.pre_ln", vision.width);
}

void add_block(ModelShape& shape, int32_t index) {
  const Vision& vision = shape.vision;
  const uint64_t width = vision.width;
  TensorBuilder build(shape, shape.vision_tensors, index, "v.blk");
  add_norm(build, vision, "ln1", width);
  if (vision.fused_qkv) {
    build.matrix("attn_qkv", TensorRole::attn_qkv, 3 * width, width, vision.bias);
  } else {
    build.matrix("attn_q", TensorRole::attn_q, width, width, vision.bias);
    build.matrix("attn_k", TensorRole::attn_k, width, width, vision.bias);
    build.matrix("attn_v", TensorRole::attn_v, width, width, vision.bias);
  }
  build.matrix("attn_out", TensorRole::attn_output, width, width, vision.bias);
  if (vision.around_norms) {
    build.norm_weights("attn_q_norm", width / vision.heads);
    build.norm_weights("attn_k_norm", width / vision.heads);
    add_norm(build, vision, "attn_post_norm", width);
  }
  add_norm(build, vision, "ln2", width);
  if (vision.gated) build.matrix("ffn_gate", TensorRole::ffn_gate, vision.ffn_width, width, vision.bias);
  build.matrix("ffn_up", TensorRole::ffn_up, vision.ffn_width, width, vision.bias);
  build.matrix("ffn_down", TensorRole::ffn_down, width, vision.ffn_width, vision.bias);
  if (vision.around_norms) add_norm(build, vision, "ffn_post_norm", width);
}

void add_projector(TensorBuilder& build, const Vision& vision) {
  const uint64_t merged = uint64_t{vision.width} * vision.merge * vision.merge;
  const uint64_t inner = vision.projector_width ? vision.projector_width : merged;
  switch (vision.projector) {
    case Projector::none:
      return;
    case Projector::linear:
      build.matrix("mm.input_projection", TensorRole::projection, vision.output, merged);
      if (!vision.around_norms) build.norm_weights("mm.soft_emb_norm", vision.width);
      return;
    case Projector::two_layers:
      build.matrix("mm.1", TensorRole::projection, inner, merged, true);
      build.matrix("mm.2", TensorRole::projection, vision.output, inner, true);
      return;
    case Projector::merger:
      build.matrix("mm.0", TensorRole::projection, inner, merged, true);
      build.matrix("mm.2", TensorRole::projection, vision.output, inner, true);
      return;
    case Projector::llama4:
      build.matrix("mm.model.mlp.1", TensorRole::projection, inner, merged);
      build.matrix("mm.model.mlp.2", TensorRole::projection, inner, inner);
      build.matrix("mm.model.fc", TensorRole::projection, vision.output, inner);
      return;
  }
}

void add_deep_projectors(ModelShape& shape) {
  const Vision& vision = shape.vision;
  const uint64_t merged = uint64_t{vision.width} * vision.merge * vision.merge;
  for (int32_t i = 0; i < static_cast<int32_t>(vision.deep_projectors); ++i) {
    TensorBuilder build(shape, shape.vision_tensors, i, "v.deepstack");
    add_norm(build, vision, "norm", merged);
    build.matrix("fc1", TensorRole::projection, merged, merged, true);
    build.matrix("fc2", TensorRole::projection, vision.output, merged, true);
  }
}

}  // namespace

void add_vision(ModelShape& shape) {
  const Vision& vision = shape.vision;
  TensorBuilder outside(shape, shape.vision_tensors, -1, "");
  add_patches(outside, vision);
  for (int32_t i = 0; i < static_cast<int32_t>(vision.layers); ++i) add_block(shape, i);
  if (vision.norm_after) add_norm(outside, vision, "v.post_ln", vision.width);
  add_projector(outside, vision);
  add_deep_projectors(shape);
}

}  // namespace weighin
