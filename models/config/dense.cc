#include "models/config/dense.h"

#include <algorithm>
#include <cmath>

#include "models/config/decoder.h"

namespace weighin {
namespace {

void bias_everywhere(ModelShape& s) {
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = true;
}

}  // namespace

/// Phi 1, 1.5 and 2.
void read_phi(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 51200, .ffn_width = 8192});
  s.activation = activation_of(f, "gelu_new", false);
  s.norm = NormKind::layer;
  s.norm_place = NormPlace::parallel;
  bias_everywhere(s);
  s.bias_head = true;
  s.head_norm = f.flag({"qk_layernorm"}, false);
}

/// Phi 3, 3.5 and 4. A window as long as the context is none. llama.cpp caches the whole context whatever the
/// window.
void read_phi3(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32064, .ffn_width = 8192, .context = 4096});
  s.fused_qkv = s.fused_gate_up = true;
  read_rope_factors(f, s);
  s.window = f.number({"sliding_window"});
  for (Layer& layer : fill_layers(s)) layer.window = s.window < s.max_context ? s.window : 0;
}

void read_phi3small(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s,
             {.vocab = 100352,
              .ffn_width = f.number({"ff_intermediate_size"}),
              .kv_heads = 8,
              .context = 8192,
              .tied = true});
  s.activation = Activation::geglu;
  s.norm = NormKind::layer;
  s.fused_qkv = s.fused_gate_up = true;
  bias_everywhere(s);
}

/// Attention and feed-forward are in parallel, with one norm in Falcon 7B and two in 40B and 180B. In
/// Falcon-RW they follow each other.
void read_falcon(const ConfigFields& f, ModelShape& s) {
  ClassDefaults defaults{.vocab = 65024, .ffn_width = 4 * f.number({"hidden_size"}), .tied = true};
  read_sizes(f, s, defaults);
  const bool new_form = f.flag({"new_decoder_architecture"}, false);
  if (new_form)
    s.kv_heads = f.size({"num_kv_heads", "n_head_kv"}, s.heads);
  else
    s.kv_heads = f.flag({"multi_query"}, true) ? 1 : s.heads;
  s.activation = Activation::gelu;
  s.norm = NormKind::layer;
  const bool two_norms = new_form && f.number({"num_ln_in_parallel_attn"}, 2) == 2;
  s.norm_place = two_norms                                     ? NormPlace::parallel_2
                 : new_form || f.flag({"parallel_attn"}, true) ? NormPlace::parallel
                                                               : NormPlace::before;
  s.fused_qkv = true;
  s.rope = !f.flag({"alibi"}, false);
  if (f.flag({"bias"}, false)) bias_everywhere(s);
}

void read_stablelm(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 50304, .ffn_width = 6912, .kv_heads = 32, .context = 4096});
  s.norm = NormKind::layer;
  s.bias_qkv = f.flag({"use_qkv_bias"}, false);
  s.norm_each_head = f.flag({"qk_layernorm"}, false);
  if (f.flag({"use_parallel_residual"}, false)) s.norm_place = NormPlace::parallel;
}

void read_cohere(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 256000, .ffn_width = 22528, .context = 8192, .tied = true});
  s.norm = NormKind::layer;
  s.without_norm_bias = true;
  s.norm_place = NormPlace::parallel;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.norm_each_head = f.flag({"use_qk_norm"}, false);
}

void read_cohere2(const ConfigFields& f, ModelShape& s) {
  read_cohere(f, s);
  read_windows(f, s, f.number({"sliding_window"}, 4096), f.number({"sliding_window_pattern"}, 4));
}

/// GLM-4 9B in the configuration of transformers.
void read_glm(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 151552, .ffn_width = 13696, .kv_heads = 2, .head_dim = 128, .context = 131072});
  s.bias_qkv = f.flag({"attention_bias"}, true);
  s.fused_gate_up = true;
}

void read_glm4(const ConfigFields& f, ModelShape& s) {
  read_glm(f, s);
  s.bias_qkv = f.flag({"attention_bias"}, false);
  s.norm_place = NormPlace::around;
}

/// GLM-4 9B and ChatGLM in the configuration of their authors' own code.
void read_chatglm(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 65024, .context = 2048});
  s.kv_heads = f.flag({"multi_query_attention"}, false) ? f.size({"multi_query_group_num"}) : s.heads;
  s.head_dim = f.size({"kv_channels"}, s.head_dim);
  s.fused_qkv = s.fused_gate_up = true;
  s.bias_qkv = f.flag({"add_qkv_bias", "add_bias_linear"}, false);
}

/// Minitron and Nemotron 4, with squared ReLU and no gate.
void read_nemotron(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 256000, .ffn_width = 24576, .context = 4096});
  s.activation = Activation::relu_squared;
  s.norm = NormKind::layer;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.bias_ffn = f.flag({"mlp_bias"}, false);
}

void read_starcoder2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 49152, .ffn_width = 12288, .kv_heads = 2, .context = 4096, .tied = true});
  s.activation = activation_of(f, "gelu_pytorch_tanh", false);
  s.norm = NormKind::layer;
  if (f.flag({"use_bias"}, true)) bias_everywhere(s);
  s.window = f.number({"sliding_window"});
  for (Layer& layer : fill_layers(s)) layer.window = s.window;
}

/// Every layer has its own number of heads and feed-forward width (arXiv 2404.14619).
void read_openelm(const ConfigFields& f, ModelShape& s) {
  s.layers = f.size({"num_transformer_layers"});
  s.width = f.size({"model_dim"});
  s.vocab = f.size({"vocab_size"}, 32000);
  s.head_dim = f.size({"head_dim"}, 128);
  s.max_context = f.number({"max_context_length"}, 2048);
  s.tied = f.flag({"share_input_output_layers"}, true);
  s.rope = s.head_norm = s.fused_qkv = true;
  const std::vector<uint32_t> heads = f.numbers({"num_query_heads"}, s.layers);
  const std::vector<uint32_t> kv_heads = f.numbers({"num_kv_heads"}, s.layers);
  const std::vector<double> factors = f.reals({"ffn_multipliers"});
  if (heads.size() != kv_heads.size() || heads.size() != factors.size() || heads.empty())
    return f.reject("ffn_multipliers", "num_query_heads and num_kv_heads must each have an entry a layer");
  const double step = f.size({"ffn_dim_divisor"}, 256);
  for (size_t i = 0; i < heads.size(); ++i) {
    // Rounded to the nearest multiple of the step, but never down by more than a tenth (make_divisible of its
    // code).
    const double wanted = factors[i] * s.width;
    double width = std::max(step, std::floor((wanted + step / 2) / step) * step);
    if (width < 0.9 * wanted) width += step;
    if (width > ConfigFields::largest_number) return f.reject("ffn_multipliers", "makes a layer too wide");
    fill_layers(s)[i] = {
        .heads = heads[i], .kv_heads = kv_heads[i], .ffn_width = static_cast<uint32_t>(width)};
    s.heads = std::max(s.heads, heads[i]);
    s.kv_heads = std::max(s.kv_heads, kv_heads[i]);
    s.ffn_width = std::max(s.ffn_width, s.per_layer[i].ffn_width);
  }
}

}  // namespace weighin
