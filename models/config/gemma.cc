#include "models/config/gemma.h"

#include "models/config/decoder.h"

namespace weighin {
namespace {

void read_gemma_sizes(const ConfigFields& f, ModelShape& s, const ClassDefaults& defaults) {
  read_sizes(f, s, defaults);
  s.activation = Activation::geglu;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
}

/// What Gemma 3 and 4 have in common: norms before and after each part, and of each head's query and key.
void read_gemma3_sizes(const ConfigFields& f, ModelShape& s, uint32_t vocab) {
  read_gemma_sizes(f, s,
                   {.vocab = vocab,
                    .ffn_width = 9216,
                    .heads = 8,
                    .kv_heads = 4,
                    .head_dim = 256,
                    .context = 131072,
                    .tied = true});
  s.norm_place = NormPlace::around;
  s.head_norm = true;
}

}  // namespace

void read_gemma(const ConfigFields& f, ModelShape& s) {
  read_gemma_sizes(f, s,
                   {.vocab = 256000,
                    .ffn_width = 24576,
                    .heads = 16,
                    .kv_heads = 16,
                    .head_dim = 256,
                    .context = 8192,
                    .tied = true});
}

/// Layers 0, 2, 4 ... have the window.
void read_gemma2(const ConfigFields& f, ModelShape& s) {
  read_gemma_sizes(f, s,
                   {.vocab = 256000,
                    .ffn_width = 9216,
                    .heads = 8,
                    .kv_heads = 4,
                    .head_dim = 256,
                    .context = 8192,
                    .tied = true});
  s.norm_place = NormPlace::around;
  read_windows(f, s, f.number({"sliding_window"}, 4096), 2);
}

/// EmbeddingGemma has the same configuration and is read as an encoder.
void read_gemma3(const ConfigFields& f, ModelShape& s) {
  read_gemma3_sizes(f, s, 262208);
  read_windows(f, s, f.number({"sliding_window"}, 4096),
               f.number({"sliding_window_pattern", "_sliding_window_pattern"}, 6));
  const std::vector<std::string> classes = f.words({"architectures"});
  if (f.flag({"use_bidirectional_attention"}, false) ||
      (classes.size() == 1 && classes[0] == "Gemma3TextModel")) {
    s.architecture = "gemma-embedding";
    s.task = Task::encode;
    s.head = false;
  }
}

void read_gemma3n(const ConfigFields& f, ModelShape& s) {
  ClassDefaults defaults{.vocab = 262400,
                         .ffn_width = 16384,
                         .heads = 8,
                         .kv_heads = 2,
                         .head_dim = 256,
                         .context = 32768,
                         .tied = true};
  const uint32_t layers = f.size({"num_hidden_layers"});
  const std::vector<uint32_t> widths = f.numbers({"intermediate_size"}, layers);
  s.layers = layers;
  s.width = f.size({"hidden_size"});
  s.vocab = f.size({"vocab_size"}, defaults.vocab);
  s.heads = f.size({"num_attention_heads"}, defaults.heads);
  s.kv_heads = f.size({"num_key_value_heads"}, defaults.kv_heads);
  s.head_dim = f.size({"head_dim"}, defaults.head_dim);
  s.ffn_width = widths.empty() ? defaults.ffn_width : widths[0];
  s.max_context = f.number({"max_position_embeddings"}, defaults.context);
  s.tied = f.flag({"tie_word_embeddings"}, true);
  s.rope = true;
  s.activation = Activation::geglu;
  s.norm_place = NormPlace::around;
  s.head_norm = true;
  s.per_layer_width = f.number({"hidden_size_per_layer_input"}, 256);
  s.per_layer_vocab = f.number({"vocab_size_per_layer_input"}, 262144);
  s.altup_inputs = f.number({"altup_num_inputs"}, 4);
  s.laurel_rank = f.number({"laurel_rank"}, 64);
  read_windows(f, s, f.number({"sliding_window"}, 512), 5);
  const uint32_t sharing = f.number({"num_kv_shared_layers"}, 15);
  for (size_t i = 0; i < s.per_layer.size(); ++i) {
    if (i < widths.size()) s.per_layer[i].ffn_width = widths[i];
    s.per_layer[i].shares_cache = i + sharing >= s.layers;
  }
}

/// Layers without a window have heads of another size, fewer key-value heads, and in the larger models no
/// matrix for values. The last layers read the keys and values of earlier ones, and their feed-forward part
/// may be twice as wide.
void read_gemma4(const ConfigFields& f, ModelShape& s) {
  read_gemma3_sizes(f, s, 262144);
  s.rope_factors = 1;
  s.per_layer_width = f.number({"hidden_size_per_layer_input"});
  s.per_layer_vocab = f.number({"vocab_size_per_layer_input"}, s.vocab);
  if (f.flag({"enable_moe_block"}, false)) {
    s.experts = f.size({"num_experts"});
    s.experts_active = f.size({"top_k_experts", "num_experts_per_tok"});
    s.dense_ffn_width = s.ffn_width;
    s.ffn_width = f.size({"moe_intermediate_size"});
    s.dense_beside_experts = true;
    place_experts(s, 0);
  }
  read_windows(f, s, f.number({"sliding_window"}, 512), 6);
  const uint32_t global_dim = f.number({"global_head_dim"}, s.head_dim),
                 sharing = f.number({"num_kv_shared_layers"});
  const bool no_values = f.flag({"attention_k_eq_v"}, false),
             doubled = f.flag({"use_double_wide_mlp"}, false);
  const uint32_t global_kv = no_values ? f.number({"num_global_key_value_heads"}, s.kv_heads) : s.kv_heads;
  s.rotary_dim = global_dim;
  for (size_t i = 0; i < s.per_layer.size(); ++i) {
    Layer& layer = s.per_layer[i];
    layer.shares_cache = i + sharing >= s.layers && sharing > 0;
    if (layer.shares_cache && doubled) layer.ffn_width *= 2;
    if (layer.window) continue;
    layer.head_dim = global_dim;
    layer.kv_heads = global_kv;
    layer.value_is_key = no_values;
  }
}

}  // namespace weighin
