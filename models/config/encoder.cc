// The head that predicts masked tokens is left out, as in published parameter counts.
#include "models/config/encoder.h"

#include "models/config/decoder.h"

namespace weighin {
namespace {

/// Reads the sizes of a model built like BERT: everything has a bias, and normalizations come after attention
/// and feed-forward.
void read_bert_sizes(const ConfigFields& f, ModelShape& s, const ClassDefaults& defaults) {
  read_sizes(f, s, defaults);
  s.task = Task::encode;
  s.activation = activation_of(f, "gelu", false);
  s.norm = NormKind::layer;
  s.norm_place = NormPlace::after;
  s.rope = s.final_norm = s.head = s.tied = false;
  s.embedding_norm = true;
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = true;
  s.positions = s.max_context;
  s.token_types = f.number({"type_vocab_size"}, 2);
}

constexpr ClassDefaults bert_defaults{.vocab = 30522, .ffn_width = 3072, .heads = 12, .context = 512};

}  // namespace

void read_bert(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, bert_defaults);
  s.pooler = true;
}

/// It has its own names for the usual sizes, no token types and no pooler.
void read_distilbert(const ConfigFields& f, ModelShape& s) {
  s.layers = f.size({"n_layers", "num_hidden_layers"});
  s.width = f.size({"dim", "hidden_size"});
  s.heads = s.kv_heads = f.size({"n_heads", "num_attention_heads"});
  s.vocab = f.size({"vocab_size"}, 30522);
  s.ffn_width = f.size({"hidden_dim", "intermediate_size"}, 3072);
  s.head_dim = s.heads ? s.width / s.heads : 0;
  s.positions = s.max_context = f.size({"max_position_embeddings"}, 512);
  s.task = Task::encode;
  s.activation = activation_of(f, "gelu", false);
  s.norm = NormKind::layer;
  s.norm_place = NormPlace::after;
  s.final_norm = s.head = false;
  s.embedding_norm = true;
  s.bias_qkv = s.bias_attention_output = s.bias_ffn = true;
}

/// Two of its positions are never used: a text can have two tokens fewer, and GGUF files leave the two out.
void read_roberta(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, {.vocab = 50265, .ffn_width = 3072, .heads = 12, .context = 514});
  if (s.positions > 2) s.positions = s.max_context = s.positions - 2;
  s.pooler = true;
}

void read_albert(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, {.vocab = 30000, .ffn_width = 16384, .heads = 64, .context = 512});
  if (f.number({"num_hidden_groups"}, 1) != 1) return f.reject("num_hidden_groups", "is not 1");
  if (f.number({"inner_group_num"}, 1) != 1) return f.reject("inner_group_num", "is not 1");
  s.embedding_width = f.size({"embedding_size"}, 128);
  s.shared_layers = s.pooler = true;
}

void read_electra(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, {.vocab = 30522, .ffn_width = 1024, .heads = 4, .context = 512});
  const uint32_t narrow = f.size({"embedding_size"}, 128);
  s.embedding_width = narrow == s.width ? 0 : narrow;
}

void read_mobilebert(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, {.vocab = 30522, .ffn_width = 512, .heads = 4, .context = 512});
  if (!f.flag({"use_bottleneck"}, true))
    return f.reject("use_bottleneck", "is false, which no published model has");
  s.embedding_width = f.size({"embedding_size"}, 128);
  s.bottleneck_width = f.size({"true_hidden_size", "intra_bottleneck_size"}, 128);
  s.stacked_feed_forwards = f.size({"num_feedforward_networks"}, 4);
  if (s.stacked_feed_forwards > 64) f.reject("num_feedforward_networks", "is above 64");
  s.head_dim = s.heads ? s.bottleneck_width / s.heads : 0;
}

/// Normalizations have no biases and come before each part. Two layers of three have a window.
void read_modernbert(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, {.vocab = 50368, .ffn_width = 1152, .heads = 12, .context = 8192});
  s.activation = Activation::geglu;
  s.without_norm_bias = s.final_norm = s.rope = true;
  s.norm_place = NormPlace::before;
  s.without_first_norm = s.fused_qkv = s.fused_gate_up = true;
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.bias_ffn = f.flag({"mlp_bias"}, false);
  s.positions = s.token_types = 0;
  const uint32_t window = f.number({"local_attention"}, 128),
                 every = f.size({"global_attn_every_n_layers"}, 3);
  std::vector<Layer>& layers = fill_layers(s);
  s.window = window;
  for (size_t i = 0; i < layers.size() && every; ++i)
    if (i % every != 0) layers[i].window = window;
}

void read_nomic_bert(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, {.vocab = 30528, .ffn_width = 3072, .heads = 12, .context = 2048});
  const bool gate = f.word({"activation_function"}, "swiglu") != "gelu";
  s.activation = gate ? Activation::swiglu : Activation::gelu;
  s.fused_qkv = s.rope = true;
  s.positions = 0;
  s.bias_qkv = s.bias_attention_output = f.flag({"qkv_proj_bias"}, false);
  s.bias_ffn = f.flag({"mlp_fc1_bias"}, false);
}

/// Positions are relative. All layers share one table of 2 * position_buckets rows, which has a norm.
void read_deberta(const ConfigFields& f, ModelShape& s) {
  read_bert_sizes(f, s, {.vocab = 128100, .ffn_width = 6144, .heads = 24, .context = 512});
  s.token_types = f.number({"type_vocab_size"}, 0);
  const uint32_t buckets = f.number({"position_buckets"});
  s.positions = 2 * (buckets ? buckets : f.number({"max_relative_positions"}, s.max_context));
  s.final_norm = true;
}

}  // namespace weighin
