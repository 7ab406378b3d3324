#include "models/config/gpt.h"

#include "models/config/decoder.h"

namespace weighin {
namespace {

/// Reads the sizes. The feed-forward part is four times as wide as the model unless its width is stated.
void read_gpt_sizes(const ConfigFields& f, ModelShape& s, ClassDefaults defaults) {
  const uint32_t width = f.size({"n_embd", "hidden_size", "n_embed", "d_model"});
  if (!defaults.ffn_width) defaults.ffn_width = 4 * width;
  read_sizes(f, s, defaults);
  s.activation = activation_of(f, "gelu", false);
  s.norm = NormKind::layer;
  s.rope = false;
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = true;
}

}  // namespace

void read_gpt2(const ConfigFields& f, ModelShape& s) {
  read_gpt_sizes(f, s, {.vocab = 50257, .context = 1024, .tied = true});
  s.positions = s.max_context;
  s.fused_qkv = true;
}

/// StarCoder 1 and SantaCoder: GPT-2 with one key-value head.
void read_gpt_bigcode(const ConfigFields& f, ModelShape& s) {
  read_gpt2(f, s);
  if (f.flag({"multi_query"}, true)) s.kv_heads = 1;
}

/// Layers with and without a window alternate, as attention_types says: [[["global", "local"], 12]].
void read_gpt_neo(const ConfigFields& f, ModelShape& s) {
  read_gpt_sizes(f, s, {.vocab = 50257, .context = 2048, .tied = true});
  s.positions = s.max_context;
  s.bias_qkv = false;
  read_windows(f, s, f.number({"window_size"}, 256), 0);
  for (size_t i = 1; i < s.per_layer.size(); i += 2) s.per_layer[i].window = s.window;
}

void read_gpt_neox(const ConfigFields& f, ModelShape& s) {
  read_gpt_sizes(f, s, {.vocab = 50432, .context = 2048});
  s.rope = s.fused_qkv = true;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, true);
}

void read_gptj(const ConfigFields& f, ModelShape& s) {
  read_gpt_sizes(f, s, {.vocab = 50400, .context = 2048});
  s.rope = true;
  s.norm_place = NormPlace::parallel;
  s.bias_qkv = s.bias_attention_output = false;
  s.bias_head = true;
}

/// The table of positions has two more than the context. In OPT 350M the embeddings are narrower than the
/// layers, and the normalizations come after each part.
void read_opt(const ConfigFields& f, ModelShape& s) {
  read_gpt_sizes(f, s, {.vocab = 50272, .context = 2048, .tied = true});
  s.activation = activation_of(f, "relu", false);
  s.positions = s.max_context + 2;
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = f.flag({"enable_bias"}, true);
  const uint32_t narrow = f.number({"word_embed_proj_dim"}, s.width);
  s.embedding_width = narrow == s.width ? 0 : narrow;
  if (!f.flag({"do_layer_norm_before"}, true)) {
    s.norm_place = NormPlace::after;
    s.final_norm = false;
  }
}

void read_bloom(const ConfigFields& f, ModelShape& s) {
  read_gpt_sizes(f, s, {.vocab = 250880, .context = 2048, .tied = true});
  s.embedding_norm = true;
  s.fused_qkv = true;
}

}  // namespace weighin
