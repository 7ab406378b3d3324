#include "models/config/vision.h"

namespace weighin {
namespace {

void read_vit(const ConfigFields& f, Vision& v) {
  v.layers = f.size({"num_hidden_layers", "depth", "vt_num_hidden_layers"});
  v.width = f.size({"embed_dim", "hidden_size", "vt_hidden_size"});
  v.heads = f.size({"num_attention_heads", "num_heads", "vt_num_attention_heads"});
  v.patch = f.size({"patch_size", "spatial_patch_size"}, 14);
  v.channels = f.size({"num_channels", "in_channels", "in_chans"}, 3);
  v.image = f.number({"image_size"});
}

/// One learned position for each patch of the largest image.
void read_positions(Vision& v) {
  const uint32_t side = v.patch ? v.image / v.patch : 0;
  v.positions = side < 10000 ? side * side : 0;
}

/// SigLIP (arXiv 2303.15343) as in Gemma 3.
void read_siglip(const ConfigFields& f, Vision& v) {
  read_vit(f, v);
  v.image = f.size({"image_size"}, 896);
  v.ffn_width = f.size({"intermediate_size"}, 4304);
  read_positions(v);
  v.norm_after = true;
  v.projector = Projector::linear;
}

/// Qwen2-VL and Qwen2.5-VL: patches without biases, rotated positions, 2 x 2 neighbours merged.
void read_qwen2_vision(const ConfigFields& f, Vision& v, bool version_2_5) {
  read_vit(f, v);
  v.frames = f.size({"temporal_patch_size"}, 2);
  v.merge = f.size({"spatial_merge_size"}, 2);
  v.fused_qkv = v.norm_after = true;
  v.patch_bias = false;
  v.projector = Projector::merger;
  if (version_2_5) {
    // Its width is hidden_size, not embed_dim, and the width of its output is out_hidden_size.
    v.width = f.size({"hidden_size"});
    v.ffn_width = f.size({"intermediate_size"}, 3420);
    v.output = f.size({"out_hidden_size"}, 3584);
    v.gated = true;
    v.norm = NormKind::rms;
  } else {
    const double ratio = f.real({"mlp_ratio"}, 4);
    const double wide = v.width * ratio;
    if (wide < 1 || wide > ConfigFields::largest_number)
      return f.reject("mlp_ratio", "makes no size that is taken here");
    v.ffn_width = static_cast<uint32_t>(wide);
    v.output = f.size({"hidden_size"});
  }
}

void read_qwen3_vision(const ConfigFields& f, Vision& v) {
  read_vit(f, v);
  v.ffn_width = f.size({"intermediate_size"}, 4304);
  v.frames = f.size({"temporal_patch_size"}, 2);
  v.merge = f.size({"spatial_merge_size"}, 2);
  v.positions = f.size({"num_position_embeddings"}, 2304);
  v.output = f.size({"out_hidden_size"}, 3584);
  v.fused_qkv = v.norm_after = true;
  v.projector = Projector::merger;
  v.deep_projectors = static_cast<uint32_t>(f.list({"deepstack_visual_indexes"}).size());
}

void read_llama4_vision(const ConfigFields& f, Vision& v) {
  read_vit(f, v);
  v.ffn_width = f.size({"intermediate_size"}, 5632);
  read_positions(v);
  v.positions += 1;
  v.class_token = v.norm_before = v.norm_after = true;
  v.patch_bias = false;
  const double ratio = f.real({"pixel_shuffle_ratio"}, 0.5);
  v.merge = ratio >= 0.01 ? static_cast<uint32_t>(1 / ratio + 0.5) : 1;
  v.projector_width = f.size({"projector_output_dim"}, 4096);
  v.projector = Projector::llama4;
}

void read_gemma4_vision(const ConfigFields& f, Vision& v) {
  read_vit(f, v);
  v.ffn_width = f.size({"intermediate_size"}, 3072);
  v.positions = 2 * f.size({"position_embedding_size"}, 10240);
  v.bias = v.patch_bias = false;
  v.gated = v.around_norms = true;
  v.norm = NormKind::rms;
  v.projector = Projector::linear;
}

/// MoonViT (arXiv 2504.07491): a table of positions that is interpolated.
void read_kimi_vision(const ConfigFields& f, Vision& v) {
  read_vit(f, v);
  v.ffn_width = f.size({"vt_intermediate_size", "intermediate_size"}, 4304);
  const uint32_t high = f.size({"init_pos_emb_height"}, 64), wide = f.size({"init_pos_emb_width"}, 64);
  v.positions = high < 10000 && wide < 10000 ? high * wide : 0;
  v.fused_qkv = v.norm_after = true;
  v.merge = 2;
  v.output = f.size({"text_hidden_size"}, 7168);
  v.projector = Projector::merger;
}

/// Pixtral, in Mistral 3: rotated positions, a gate, and no biases but the projector's.
void read_pixtral(const ConfigFields& f, Vision& v) {
  read_vit(f, v);
  v.ffn_width = f.size({"intermediate_size"}, 4096);
  v.norm = NormKind::rms;
  v.bias = v.patch_bias = false;
  v.gated = v.norm_before = true;
  v.projector = Projector::two_layers;
}

}  // namespace

void read_vision(const ConfigFields& f, std::string_view type, ModelShape& s) {
  Vision& v = s.vision;
  if (type == "gemma3") read_siglip(f, v);
  if (type == "qwen2_vl") read_qwen2_vision(f, v, false);
  if (type == "qwen2_5_vl") read_qwen2_vision(f, v, true);
  if (type == "qwen3_vl" || type == "qwen3_vl_moe" || type == "qwen3_5" || type == "qwen3_5_moe")
    read_qwen3_vision(f, v);
  if (type == "llama4") read_llama4_vision(f, v);
  if (type == "gemma4") read_gemma4_vision(f, v);
  if (type == "kimi_k25") read_kimi_vision(f, v);
  if (type == "mistral3") read_pixtral(f, v);
  if (v.layers && !v.output) v.output = s.width;
}

}  // namespace weighin
