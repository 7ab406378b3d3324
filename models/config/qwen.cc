// Sliding windows (use_sliding_window) are not read: no published model turns them on, and llama.cpp does not
// have them.
#include "models/config/qwen.h"

#include "models/config/decoder.h"

namespace weighin {
namespace {

/// Reads the experts. mlp_only_layers and decoder_sparse_step say which layers have them.
void read_expert_layers(const ConfigFields& f, ModelShape& s) {
  s.experts = f.size({"num_experts"}, 60);
  s.experts_active = f.size({"num_experts_per_tok"}, 4);
  s.dense_ffn_width = s.ffn_width;
  s.ffn_width = f.size({"moe_intermediate_size"}, 1408);
  const uint32_t step = f.size({"decoder_sparse_step"}, 1);
  place_experts(s, 0, step, step ? step - 1 : 0);
  for (const uint32_t dense : f.list({"mlp_only_layers"})) {
    if (dense >= s.per_layer.size()) return f.reject("mlp_only_layers", "names a layer that is not there");
    s.per_layer[dense].feed_forward = FeedForward::dense;
    s.per_layer[dense].ffn_width = s.dense_ffn_width;
  }
}

void read_shared_expert(const ConfigFields& f, ModelShape& s) {
  s.shared_experts = 1;
  s.shared_ffn_width = f.size({"shared_expert_intermediate_size"}, 5632);
  s.shared_expert_gate = true;
}

/// Reads the gated delta net. Three layers have it for one with attention, unless layer_types says otherwise.
void read_delta_layers(const ConfigFields& f, ModelShape& s) {
  const uint32_t key_heads = f.size({"linear_num_key_heads"}, 16),
                 value_heads = f.size({"linear_num_value_heads"}, 32);
  const uint32_t key_dim = f.size({"linear_key_head_dim"}, 128),
                 value_dim = f.size({"linear_value_head_dim"}, 128);
  if (key_dim != value_dim) return f.reject("linear_value_head_dim", "is not linear_key_head_dim");
  if (uint64_t{value_heads} * value_dim > ConfigFields::largest_number)
    return f.reject("linear_num_value_heads", "is too large");
  s.state_space = {.inner = value_heads * value_dim,
                   .state = key_dim,
                   .kernel = f.size({"linear_conv_kernel_dim"}, 4),
                   .heads = value_heads,
                   .groups = key_heads};
  s.gated_query = s.head_norm = true;
  s.norm_names = NormNames::post_attention;
  std::vector<Layer>& layers = fill_layers(s);
  const std::vector<std::string> types = f.words({"layer_types"});
  if (!types.empty() && types.size() != layers.size())
    return f.reject("layer_types", "has another number of entries than there are layers");
  const uint32_t interval = f.size({"full_attention_interval"}, 4);
  for (size_t i = 0; i < layers.size() && interval; ++i) {
    const bool linear = types.empty() ? (i + 1) % interval != 0 : types[i] == "linear_attention";
    if (linear) layers[i].mixer = Mixer::gated_delta;
  }
}

}  // namespace

/// Qwen 1. Its intermediate_size counts gate and up together.
void read_qwen(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151936, .ffn_width = 22016, .context = 8192});
  s.ffn_width /= 2;
  s.fused_qkv = s.bias_qkv = true;
}

void read_qwen2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151936, .ffn_width = 22016, .context = 32768});
  s.bias_qkv = true;
}

void read_qwen2_moe(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151936, .ffn_width = 5632, .context = 32768});
  s.bias_qkv = f.flag({"qkv_bias"}, true);
  read_expert_layers(f, s);
  read_shared_expert(f, s);
}

void read_qwen3(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151936, .ffn_width = 22016, .head_dim = 128, .context = 32768});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.head_norm = true;
}

void read_qwen3_moe(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151936, .ffn_width = 6144, .head_dim = 128, .context = 32768});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.head_norm = true;
  read_expert_layers(f, s);
}

void read_qwen3_next(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151936, .ffn_width = 5632, .kv_heads = 2, .head_dim = 256, .context = 32768});
  read_expert_layers(f, s);
  read_shared_expert(f, s);
  read_delta_layers(f, s);
}

void read_qwen3_5(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 248320, .ffn_width = 12288, .kv_heads = 4, .head_dim = 256, .context = 32768});
  read_delta_layers(f, s);
}

}  // namespace weighin
