#include "models/config/decoder.h"

#include <algorithm>

namespace weighin {

Activation activation_of(const ConfigFields& f, std::string_view if_absent, bool gated) {
  const std::string word = f.word({"hidden_act", "hidden_activation", "activation_function", "activation",
                                   "mlp_hidden_act", "hidden_activation_function", "mb_hidden_act"},
                                  if_absent);
  if (word.find("gelu") != std::string::npos || word == "geglu")
    return gated ? Activation::geglu : Activation::gelu;
  if (word == "relu2" || word == "relu_squared" || word == "relu_square") return Activation::relu_squared;
  if (word == "relu") return Activation::relu;
  return gated ? Activation::swiglu : Activation::silu;
}

void read_sizes(const ConfigFields& f, ModelShape& s, const ClassDefaults& defaults) {
  s.layers = f.size({"num_hidden_layers", "n_layer", "num_layers", "n_layers", "num_transformer_layers"});
  s.width = f.size({"hidden_size", "n_embd", "d_model", "n_embed", "model_dim"});
  s.vocab = f.size({"vocab_size", "padded_vocab_size"}, defaults.vocab);
  s.heads = f.size({"num_attention_heads", "n_head", "num_heads", "n_heads"}, defaults.heads);
  s.kv_heads = f.size({"num_key_value_heads"}, defaults.kv_heads ? defaults.kv_heads : s.heads);
  const uint32_t even = s.heads ? s.width / s.heads : 0;
  s.head_dim = f.size({"head_dim"}, defaults.head_dim ? defaults.head_dim : even);
  s.ffn_width = f.size({"intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"}, defaults.ffn_width);
  s.max_context = f.number({"max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len",
                            "n_ctx", "seq_length", "model_max_length"},
                           defaults.context);
  s.tied = f.flag({"tie_word_embeddings"}, defaults.tied);
  s.rope = true;
  s.activation = activation_of(f, "silu", true);
}

void read_rope_factors(const ConfigFields& f, ModelShape& s) {
  ConfigFields scaling = f.inside({"rope_scaling", "rope_parameters"});
  const std::string kind = scaling.word({"rope_type", "type"});
  const double part = scaling.real({"partial_rotary_factor"}, f.real({"partial_rotary_factor"}, 1));
  s.rotary_dim = static_cast<uint32_t>(s.head_dim * std::min(part, 1.0));
  if (kind == "llama3") s.rope_factors = 1;
  if (kind == "longrope" || kind == "su" || kind == "yarn_su") s.rope_factors = 2;
}

std::vector<Layer>& fill_layers(ModelShape& s) {
  // Bounded here as well, since readers run before the sizes are checked.
  if (s.per_layer.empty())
    s.per_layer.resize(std::min<uint32_t>(s.layers, 10000),
                       {.heads = s.heads, .kv_heads = s.kv_heads, .ffn_width = s.ffn_width});
  return s.per_layer;
}

void read_windows(const ConfigFields& f, ModelShape& s, uint32_t window, uint32_t period) {
  s.window = window;
  std::vector<Layer>& layers = fill_layers(s);
  const std::vector<std::string> types = f.words({"layer_types"});
  if (!types.empty() && types.size() != layers.size()) {
    f.reject("layer_types", "has another number of entries than there are layers");
    return;
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    const bool local = types.empty() ? period && (i + 1) % period != 0
                                     : types[i] == "sliding_attention" || types[i] == "chunked_attention";
    if (local) layers[i].window = window;
  }
}

void place_experts(ModelShape& s, uint32_t first, uint32_t step, uint32_t offset) {
  std::vector<Layer>& layers = fill_layers(s);
  s.dense_layers = std::min<uint32_t>(first, s.layers);
  for (size_t i = 0; i < layers.size(); ++i) {
    const bool experts = s.experts && i >= first && step && i % step == offset;
    layers[i].feed_forward = experts ? FeedForward::experts : FeedForward::dense;
    layers[i].ffn_width = experts || !s.dense_ffn_width ? s.ffn_width : s.dense_ffn_width;
  }
}

void set_shared_experts(const ConfigFields& f, ModelShape& s, uint32_t count, uint32_t width) {
  if (uint64_t{count} * width > ConfigFields::largest_number)
    return f.reject("n_shared_experts", "times their width is above the largest number taken here");
  s.shared_experts = count;
  s.shared_ffn_width = count * width;
}

}  // namespace weighin
