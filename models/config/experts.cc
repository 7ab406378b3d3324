#include "models/config/experts.h"

#include "models/config/decoder.h"

namespace weighin {
namespace {

void read_experts(const ConfigFields& f, ModelShape& s, uint32_t experts, uint32_t active) {
  s.experts = f.size({"num_local_experts", "num_experts"}, experts);
  s.experts_active = f.size({"num_experts_per_tok", "num_selected_experts"}, active);
}

}  // namespace

void read_mixtral(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32000, .ffn_width = 14336, .kv_heads = 8, .context = 131072});
  read_experts(f, s, 8, 2);
  s.window = f.number({"sliding_window"});
  for (Layer& layer : fill_layers(s)) layer.window = s.window;
  place_experts(s, 0);
}

void read_phimoe(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32064, .ffn_width = 6400, .kv_heads = 8, .context = 131072});
  read_experts(f, s, 16, 2);
  s.norm = NormKind::layer;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, true);
  s.bias_head = f.flag({"lm_head_bias"}, true);
  read_rope_factors(f, s);
}

void read_olmoe(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 50304, .ffn_width = 2048, .context = 4096});
  read_experts(f, s, 64, 8);
  s.query_key_norm = true;
}

void read_granitemoe(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32000, .ffn_width = 11008});
  read_experts(f, s, 8, 2);
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.shared_ffn_width = f.number({"shared_intermediate_size"});
  s.shared_experts = s.shared_ffn_width ? 1 : 0;
}

/// Every other layer has a window, beginning with the first.
void read_gpt_oss(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 201088, .ffn_width = 2880, .kv_heads = 8, .head_dim = 64, .context = 131072});
  read_experts(f, s, 128, 4);
  s.norm_names = NormNames::post_attention;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, true);
  s.attention_sinks = s.expert_bias = true;
  read_windows(f, s, f.number({"sliding_window"}, 128), 2);
  place_experts(s, 0);
}

/// Every interleave_moe_layer_step-th layer has experts. Three layers of four see only a chunk of the
/// context.
void read_llama4(const ConfigFields& f, ModelShape& s) {
  read_sizes(
      f, s,
      {.vocab = 202048, .ffn_width = 8192, .heads = 40, .kv_heads = 8, .head_dim = 128, .context = 131072});
  read_experts(f, s, 16, 1);
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.shared_experts = 1;
  s.shared_ffn_width = s.ffn_width;
  s.dense_ffn_width = f.size({"intermediate_size_mlp"}, 16384);
  read_rope_factors(f, s);
  read_windows(f, s, f.number({"attention_chunk_size"}, 8192), f.number({"no_rope_layer_interval"}, 4));
  const uint32_t step = f.size({"interleave_moe_layer_step"}, 1);
  place_experts(s, 0, step, step ? step - 1 : 0);
}

/// Its sizes are in attn_config and ffn_config.
void read_dbrx(const ConfigFields& f, ModelShape& s) {
  const ConfigFields attention = f.inside({"attn_config"}), experts = f.inside({"ffn_config"});
  read_sizes(f, s, {.vocab = 32000, .ffn_width = experts.number({"ffn_hidden_size"}, 3584)});
  s.kv_heads = attention.size({"kv_n_heads"}, 1);
  s.activation = Activation::swiglu;
  s.experts = experts.size({"moe_num_experts"}, 4);
  s.experts_active = experts.size({"moe_top_k"}, 1);
  s.norm = NormKind::layer;
  s.without_norm_bias = true;
  s.norm_names = NormNames::attn_output;
  s.fused_qkv = true;
}

void read_grok(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 131072, .ffn_width = 32768, .kv_heads = 8, .context = 8192});
  read_experts(f, s, 8, 2);
  s.activation = Activation::geglu;
  s.norm_place = NormPlace::around;
  s.norm_names = NormNames::grok;
}

void read_ernie_moe(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 103424, .ffn_width = 12288, .kv_heads = 4, .context = 131072, .tied = true});
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = f.flag({"use_bias"}, false);
  s.experts = f.size({"moe_num_experts"}, 64);
  s.experts_active = f.size({"moe_k"}, 6);
  s.dense_ffn_width = s.ffn_width;
  s.ffn_width = f.size({"moe_intermediate_size"}, 1536);
  set_shared_experts(f, s, f.number({"moe_num_shared_experts"}, 2), s.ffn_width);
  s.router_bias = true;
  place_experts(s, f.number({"moe_layer_start_index"}, 1));
}

/// Some fields are lists with one entry per layer. In every published model all entries are the same.
void read_hunyuan_moe(const ConfigFields& f, ModelShape& s) {
  const auto first = [&](const char* name, uint32_t if_absent) {
    const std::vector<uint32_t> all = f.numbers({name}, f.number({"num_hidden_layers"}));
    return all.empty() ? if_absent : all[0];
  };
  read_sizes(f, s, {.vocab = 290943, .ffn_width = 11008});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.head_norm = f.flag({"use_qk_norm"}, true);
  s.experts = f.size({"num_experts"}, 1);
  s.experts_active = first("moe_topk", 1);
  set_shared_experts(f, s, first("num_shared_expert", 1), s.ffn_width);
  s.ffn_width = first("moe_intermediate_size", s.ffn_width);
}

void read_glm4_moe(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151552, .ffn_width = 10944, .kv_heads = 8, .head_dim = 128, .context = 131072});
  s.bias_qkv = f.flag({"attention_bias"}, false);
  s.head_norm = f.flag({"use_qk_norm"}, false);
  s.norm_names = NormNames::post_attention;
  s.experts = f.size({"n_routed_experts"}, 128);
  s.experts_active = f.size({"num_experts_per_tok"}, 8);
  s.dense_ffn_width = s.ffn_width;
  s.ffn_width = f.size({"moe_intermediate_size"}, 1408);
  set_shared_experts(f, s, f.number({"n_shared_experts"}, 1), s.ffn_width);
  s.router_bias = true;
  place_experts(s, f.number({"first_k_dense_replace"}, 1));
}

void read_minimax_m2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 200064, .ffn_width = 1536, .kv_heads = 8, .head_dim = 128, .context = 196608});
  read_experts(f, s, 256, 8);
  s.query_key_norm = f.flag({"use_qk_norm"}, true);
  s.router_bias = true;
}

}  // namespace weighin
