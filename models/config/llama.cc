#include "models/config/llama.h"

#include "models/config/decoder.h"

namespace weighin {

void read_llama(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32000, .ffn_width = 11008});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias", "qkv_bias"}, false);
  s.bias_ffn = f.flag({"mlp_bias"}, false);
  read_rope_factors(f, s);
}

/// Every layer has the window, as in Mistral 7B v0.1.
void read_mistral(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32000, .ffn_width = 14336, .kv_heads = 8, .context = 131072});
  s.window = f.number({"sliding_window"});
  for (Layer& layer : fill_layers(s)) layer.window = s.window;
}

void read_mobilellm(const ConfigFields& f, ModelShape& s) {
  read_llama(f, s);
  s.tied = f.flag({"share_embedding", "tie_word_embeddings"}, false);
}

void read_smollm3(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 128256, .ffn_width = 11008, .kv_heads = 4, .context = 32768, .tied = true});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.bias_ffn = f.flag({"mlp_bias"}, false);
}

void read_granite(const ConfigFields& f, ModelShape& s) {
  read_llama(f, s);
}

/// The output head is tied to the embedding, whatever the default of the class says (modeling_minicpm.py).
void read_minicpm(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32000, .ffn_width = 11008, .tied = true});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  read_rope_factors(f, s);
}

void read_internlm2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 103168, .ffn_width = 11008});
  s.bias_qkv = s.bias_attention_output = f.flag({"bias"}, false);
}

void read_exaone(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 102400});
  read_rope_factors(f, s);
}

/// Where there is a window, three layers with it alternate with one without.
void read_exaone4(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 102400, .ffn_width = 16384, .kv_heads = 32});
  s.norm_place = NormPlace::after;
  s.head_norm = true;
  read_rope_factors(f, s);
  const std::string pattern = f.has({"sliding_window_pattern"}) ? "LLLG" : "";
  read_windows(f, s, f.number({"sliding_window"}), pattern.empty() ? 0 : 4);
}

void read_ernie(const ConfigFields& f, ModelShape& s) {
  read_sizes(
      f, s,
      {.vocab = 103424, .ffn_width = 3072, .kv_heads = 2, .head_dim = 128, .context = 131072, .tied = true});
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = f.flag({"use_bias"}, false);
}

void read_hunyuan(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 290943, .ffn_width = 11008});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.head_norm = f.flag({"use_qk_norm"}, true);
}

void read_olmo(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 50304, .ffn_width = 11008});
  s.norm = NormKind::layer;
  s.without_norm_bias = true;
  s.norm_place = NormPlace::none;
  s.final_norm = false;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
}

/// OLMo 3 has windows in three layers of four.
void read_olmo2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 50304, .ffn_width = 11008});
  s.norm_place = NormPlace::after;
  s.query_key_norm = true;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  read_windows(f, s, f.number({"sliding_window"}), 4);
}

void read_seed_oss(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 155136, .ffn_width = 27648, .kv_heads = 8, .head_dim = 128, .context = 524288});
  s.norm_names = NormNames::post_attention;
  s.bias_qkv = f.flag({"attention_bias"}, true);
  s.bias_attention_output = f.flag({"attention_out_bias"}, false);
}

}  // namespace weighin
