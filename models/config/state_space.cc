#include "models/config/state_space.h"

#include <algorithm>

#include "models/config/decoder.h"

namespace weighin {
namespace {

/// a * b, or an error at `name` where that is above ConfigFields::largest_number.
uint32_t product(const ConfigFields& f, const char* name, uint32_t a, double b) {
  const double result = a * b;
  if (result <= ConfigFields::largest_number) return static_cast<uint32_t>(result);
  f.reject(name, "makes a size that is too large");
  return 0;
}

/// Reads the sizes of a model that has no attention.
void read_mamba_sizes(const ConfigFields& f, ModelShape& s) {
  s.layers = f.size({"num_hidden_layers", "n_layer"});
  s.width = f.size({"hidden_size", "d_model"});
  s.vocab = f.size({"vocab_size"}, 50280);
  s.ffn_width = s.width;
  s.tied = f.flag({"tie_word_embeddings"}, true);
  // The context of a recurrent model is unlimited. The length that it was trained with is not in the file.
  s.max_context = f.number({"max_position_embeddings", "model_max_length"}, 1u << 20);
  s.norm_place = NormPlace::parallel;
}

/// A number, or a sixteenth of the width where the field is "auto" or absent.
uint32_t time_step_rank(const ConfigFields& f, const ModelShape& s, const char* name) {
  return f.is_word({name}) ? (s.width + 15) / 16 : f.size({name}, (s.width + 15) / 16);
}

/// Gives the mixer `others` to every layer i that `attention[i]` does not mark.
void place_attention(ModelShape& s, Mixer others, const std::vector<bool>& attention) {
  std::vector<Layer>& layers = fill_layers(s);
  for (size_t i = 0; i < layers.size(); ++i) {
    if (i < attention.size() && attention[i]) continue;
    layers[i].mixer = others;
  }
}

/// Reads the mamba_* fields of hybrids with Mamba 2.
void read_mamba2_part(const ConfigFields& f, ModelShape& s) {
  const uint32_t expand = f.size({"mamba_expand"}, 2);
  s.state_space = {.inner = f.number({"mamba_d_ssm"}, product(f, "mamba_expand", s.width, expand)),
                   .state = f.size({"mamba_d_state"}, 256),
                   .kernel = f.size({"mamba_d_conv"}, 4),
                   .heads = f.size({"mamba_n_heads", "n_mamba_heads"}, 128),
                   .groups = f.size({"mamba_n_groups", "mamba_ngroups"}, 1),
                   .norms = true};
}

/// Marks the entries of `types` that are `word`.
std::vector<bool> where(const std::vector<std::string>& types, std::string_view word) {
  std::vector<bool> found;
  for (const std::string& type : types) found.push_back(type == word);
  return found;
}

}  // namespace

/// Mamba and Falcon-Mamba, whose further normalizations have no weights.
void read_mamba(const ConfigFields& f, ModelShape& s) {
  read_mamba_sizes(f, s);
  const uint32_t expand = f.size({"expand"}, 2);
  s.state_space = {.inner = f.size({"intermediate_size", "d_inner"}, product(f, "expand", s.width, expand)),
                   .state = f.size({"state_size"}, 16),
                   .kernel = f.size({"conv_kernel"}, 4),
                   .dt_rank = time_step_rank(f, s, "time_step_rank")};
  for (Layer& layer : fill_layers(s)) {
    layer.mixer = Mixer::mamba;
    layer.feed_forward = FeedForward::none;
  }
}

void read_mamba2(const ConfigFields& f, ModelShape& s) {
  read_mamba_sizes(f, s);
  s.tied = f.flag({"tie_word_embeddings"}, false);
  const uint32_t expand = f.size({"expand"}, 2);
  s.state_space = {.inner = product(f, "expand", s.width, expand),
                   .state = f.size({"state_size"}, 128),
                   .kernel = f.size({"conv_kernel"}, 4),
                   .heads = f.size({"num_heads"}, 128),
                   .groups = f.size({"n_groups"}, 8),
                   .norms = true};
  for (Layer& layer : fill_layers(s)) {
    layer.mixer = Mixer::mamba2;
    layer.feed_forward = FeedForward::none;
  }
}

/// One layer of every attn_layer_period has attention, and one of every expert_layer_period has experts.
void read_jamba(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 65536, .ffn_width = 14336, .kv_heads = 8, .context = 262144});
  s.rope = false;
  const uint32_t expand = f.size({"mamba_expand"}, 2);
  s.state_space = {.inner = product(f, "mamba_expand", s.width, expand),
                   .state = f.size({"mamba_d_state"}, 16),
                   .kernel = f.size({"mamba_d_conv"}, 4),
                   .dt_rank = time_step_rank(f, s, "mamba_dt_rank"),
                   .norms = true};
  const uint32_t period = f.size({"attn_layer_period"}, 8), offset = f.number({"attn_layer_offset"}, 4);
  std::vector<bool> attention;
  for (size_t i = 0; i < fill_layers(s).size() && period; ++i) attention.push_back(i % period == offset);
  place_attention(s, Mixer::mamba, attention);
  s.experts = f.size({"num_experts"}, 16);
  s.experts_active = f.size({"num_experts_per_tok"}, 2);
  if (s.experts == 1) s.experts = 0;
  place_experts(s, 0, f.size({"expert_layer_period"}, 2), f.number({"expert_layer_offset"}, 1));
}

void read_bamba(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 128000, .ffn_width = 14336, .kv_heads = 8, .context = 262144});
  read_mamba2_part(f, s);
  std::vector<bool> attention(fill_layers(s).size());
  for (const uint32_t layer : f.list({"attn_layer_indices"})) {
    if (layer >= attention.size()) return f.reject("attn_layer_indices", "names a layer that is not there");
    attention[layer] = true;
  }
  place_attention(s, Mixer::mamba2, attention);
}

/// Granite 4. In a model without experts the shared feed-forward part is the only one.
void read_granite_hybrid(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 32000, .ffn_width = 11008});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  read_mamba2_part(f, s);
  const uint32_t shared = f.number({"shared_intermediate_size"}, 1024);
  s.experts = f.number({"num_local_experts"}, 8);
  if (s.experts) {
    s.experts_active = f.size({"num_experts_per_tok"}, 2);
    s.shared_experts = shared ? 1 : 0;
    s.shared_ffn_width = shared;
  } else {
    s.ffn_width = shared;
  }
  const std::vector<std::string> types = f.words({"layer_types", "layers_block_type"});
  if (types.size() != fill_layers(s).size()) return f.reject("layer_types", "must have an entry a layer");
  place_attention(s, Mixer::mamba2, where(types, "attention"));
  place_experts(s, 0);
}

void read_falcon_h1(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s, {.vocab = 128000, .ffn_width = 14336, .kv_heads = 8, .context = 8192});
  s.bias_qkv = s.bias_attention_output = f.flag({"attention_bias"}, false);
  s.bias_ffn = f.flag({"mlp_bias"}, false);
  read_mamba2_part(f, s);
  s.state_space.norms = f.flag({"mamba_rms_norm"}, false);
  for (Layer& layer : fill_layers(s)) {
    layer.mixer = Mixer::mamba2;
    layer.attention_too = true;
  }
}

/// hybrid_override_pattern has a letter for each layer: M state space, * attention, - feed-forward, E
/// experts.
void read_nemotron_h(const ConfigFields& f, ModelShape& s) {
  const std::string pattern = f.word({"hybrid_override_pattern"});
  read_sizes(f, s, {.vocab = 131072, .ffn_width = 21504, .kv_heads = 8, .head_dim = 128, .context = 4096});
  if (f.has({"attention_head_dim"}) && !f.has({"head_dim"})) s.head_dim = f.size({"attention_head_dim"});
  s.activation = Activation::relu_squared;
  s.norm_place = NormPlace::parallel;
  s.rope = false;
  const uint32_t heads = f.size({"mamba_num_heads"}, 128);
  s.state_space = {.inner = product(f, "mamba_num_heads", heads, f.size({"mamba_head_dim"}, 64)),
                   .state = f.size({"ssm_state_size"}, 128),
                   .kernel = f.size({"conv_kernel"}, 4),
                   .heads = heads,
                   .groups = f.size({"n_groups"}, 8),
                   .norms = true};
  std::vector<Layer>& layers = fill_layers(s);
  if (pattern.size() != layers.size())
    return f.reject("hybrid_override_pattern", "must have a letter a layer");
  if (pattern.find('E') != std::string::npos) {
    s.architecture = "nemotron_h_moe";
    s.experts = f.size({"n_routed_experts"}, 8);
    s.experts_active = f.size({"num_experts_per_tok"}, 2);
    s.ffn_width = f.size({"moe_intermediate_size"}, 7688);
    s.shared_experts = f.number({"n_shared_experts"}, 1);
    s.shared_ffn_width = f.number({"moe_shared_expert_intermediate_size"}, 7688);
    s.router_bias = true;
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    const char letter = pattern[i];
    layers[i].mixer = letter == 'M' ? Mixer::mamba2 : letter == '*' ? Mixer::attention : Mixer::none;
    layers[i].feed_forward = letter == '-'   ? FeedForward::dense
                             : letter == 'E' ? FeedForward::experts
                                             : FeedForward::none;
    if (letter == 'E') layers[i].ffn_width = s.ffn_width;
    if (std::string_view("M*-E").find(letter) == std::string_view::npos)
      return f.reject("hybrid_override_pattern", "has a letter other than M, *, - and E");
  }
}

void read_zamba2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s,
             {.vocab = 32000, .ffn_width = 4 * f.number({"hidden_size"}), .context = 4096, .tied = true});
  s.activation = activation_of(f, "gelu", true);
  s.norm_place = NormPlace::parallel;
  s.head_dim = f.size({"attention_head_dim"}, s.heads ? 2 * s.width / s.heads : 0);
  read_mamba2_part(f, s);
  s.shared_blocks = f.size({"num_mem_blocks"}, 1);
  s.adapter_rank = f.size({"adapter_rank"}, 128);
  s.attention_adapter = f.flag({"use_shared_attention_adapter"}, false);
  const std::vector<std::string> types = f.words({"layers_block_type", "layer_types"});
  if (types.size() != fill_layers(s).size())
    return f.reject("layers_block_type", "must have an entry a layer");
  uint32_t used = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    Layer& layer = s.per_layer[i];
    layer.mixer = Mixer::mamba2;
    layer.feed_forward = FeedForward::none;
    layer.attention_too = types[i] == "hybrid";
    layer.shared_weights = layer.attention_too && used >= s.shared_blocks;
    if (layer.attention_too) ++used;
  }
}

/// Layers have short convolutions, or attention where layer_types says so.
void read_lfm2(const ConfigFields& f, ModelShape& s) {
  read_sizes(f, s,
             {.vocab = 65536,
              .ffn_width = f.number({"block_ff_dim"}, 12288),
              .kv_heads = 8,
              .context = 128000,
              .tied = true});
  if (f.has({"block_ff_dim"})) s.ffn_width = f.size({"block_ff_dim"});
  if (f.flag({"block_auto_adjust_ff_dim"}, false)) {
    // Two thirds of the width, rounded up to the next multiple, as for Llama 1.
    const uint64_t wanted = static_cast<uint64_t>(f.real({"block_ffn_dim_multiplier"}, 1.0) *
                                                  static_cast<double>(2ull * s.ffn_width / 3));
    const uint64_t step = f.size({"block_multiple_of"}, 256);
    const uint64_t width = step ? (wanted + step - 1) / step * step : 0;
    if (width > ConfigFields::largest_number)
      return f.reject("block_multiple_of", "makes a size that is too large");
    s.ffn_width = static_cast<uint32_t>(width);
  }
  s.tied = f.flag({"tie_embedding", "tie_word_embeddings"}, true);
  s.head_norm = true;
  s.state_space.kernel = f.size({"conv_L_cache"}, 3);
  std::vector<bool> attention = where(f.words({"layer_types"}), "full_attention");
  if (attention.empty()) {
    attention.resize(fill_layers(s).size());
    for (const uint32_t layer : f.list({"full_attn_idxs"})) {
      if (layer >= attention.size()) return f.reject("full_attn_idxs", "names a layer that is not there");
      attention[layer] = true;
    }
  }
  if (attention.size() != fill_layers(s).size()) return f.reject("layer_types", "must have an entry a layer");
  place_attention(s, Mixer::short_convolution, attention);
}

void read_lfm2_moe(const ConfigFields& f, ModelShape& s) {
  read_lfm2(f, s);
  s.experts = f.size({"num_experts"}, 32);
  s.experts_active = f.size({"num_experts_per_tok"}, 4);
  s.dense_ffn_width = s.ffn_width;
  s.ffn_width = f.size({"moe_intermediate_size"}, 1792);
  s.router_bias = f.flag({"use_expert_bias"}, true);
  place_experts(s, f.number({"num_dense_layers"}, 2));
}

}  // namespace weighin
