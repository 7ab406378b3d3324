#include "models/config/latent.h"

#include <algorithm>

#include "models/config/decoder.h"

namespace weighin {
namespace {

void read_routed_experts(const ConfigFields& f, ModelShape& s) {
  s.experts = f.number({"n_routed_experts", "num_experts"});
  if (!s.experts) return;
  s.experts_active = f.size({"num_experts_per_tok", "num_experts_per_token"}, 8);
  s.dense_ffn_width = s.ffn_width;
  s.ffn_width = f.size({"moe_intermediate_size"}, 1407);
  set_shared_experts(f, s, f.number({"n_shared_experts", "num_shared_experts"}), s.ffn_width);
  place_experts(s, f.number({"first_k_dense_replace"}));
}

}  // namespace

void read_latent(const ConfigFields& f, ModelShape& s) {
  s.q_lora_rank = f.number({"q_lora_rank"});
  s.kv_lora_rank = f.size({"kv_lora_rank"}, 512);
  s.rope_dim = f.size({"qk_rope_head_dim"}, 64);
  s.head_dim = f.size({"qk_nope_head_dim"}, 128);
  s.value_dim = f.size({"v_head_dim"}, 128);
  s.kv_heads = s.heads;
  s.index_heads = f.number({"index_n_heads"});
  s.index_dim = f.number({"index_head_dim"}, 128);
  for (Layer& layer : fill_layers(s)) {
    layer.mixer = Mixer::latent_attention;
    layer.kv_heads = s.heads;
  }
}

/// DeepSeek MoE, before V2: ordinary attention.
void read_deepseek(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 102400, .ffn_width = 11008});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  read_routed_experts(f, s);
}

void read_deepseek_v2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 102400, .ffn_width = 11008, .head_dim = 128});
  read_latent(f, s);
  read_routed_experts(f, s);
  s.router_bias = f.word({"topk_method"}) == "noaux_tc";
}

/// DeepSeek V3, R1 and V3.2, Kimi K2, GLM 5. The router has a correction for each expert.
void read_deepseek_v3(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 129280, .ffn_width = 18432, .head_dim = 128, .context = 4096});
  read_latent(f, s);
  read_routed_experts(f, s);
  s.router_bias = s.experts > 0;
}

void read_minicpm3(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 73448, .ffn_width = 6400, .head_dim = 64, .context = 32768, .tied = true});
  read_latent(f, s);
  if (!f.has({"v_head_dim"})) s.value_dim = s.heads ? s.width / s.heads : 0;
  s.latent_whole = true;
  read_rope_factors(f, s);
  s.rotary_dim = s.rope_dim;
}

/// Three layers of Kimi delta attention for one of latent attention (arXiv 2510.26692).
void read_kimi_linear(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 163840, .ffn_width = 11008, .head_dim = 72, .context = 4096});
  read_latent(f, s);
  read_routed_experts(f, s);
  s.router_bias = s.experts > 0;
  const ConfigFields linear = f.inside({"linear_attn_config"});
  const uint32_t heads = linear.size({"num_heads"}, 32), dim = linear.size({"head_dim"}, 128);
  if (uint64_t{heads} * dim > ConfigFields::largest_number) return linear.reject("num_heads", "is too large");
  s.state_space = {.inner = heads * dim,
                   .state = dim,
                   .kernel = linear.size({"short_conv_kernel_size"}, 4),
                   .heads = heads};
  const std::vector<uint32_t> full = linear.list({"full_attn_layers"});  // counted from 1
  for (size_t i = 0; i < s.per_layer.size(); ++i)
    if (std::find(full.begin(), full.end(), i + 1) == full.end()) s.per_layer[i].mixer = Mixer::kimi_delta;
}

}  // namespace weighin
