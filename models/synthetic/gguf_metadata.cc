#include "models/synthetic/gguf_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weighin {
namespace {

/// Adds keys that begin with the architecture's name.
class Keys {
 public:
  Keys(GgufHeader& header, const ModelShape& shape) : header_(header), prefix_(shape.architecture + ".") {}
  template <class T>
  void add(std::string_view key, const T& value) {
    header_.add(prefix_ + std::string(key), value);
  }
  void add_if(std::string_view key, uint32_t value) {
    if (value) add(key, value);
  }
  /// One number where all layers have the same, else one number for each layer.
  void add_per_layer(std::string_view key, const std::vector<uint32_t>& values) {
    if (std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end()) {
      add(key, values.empty() ? 0u : values.front());
    } else {
      add(key, values);
    }
  }

 private:
  GgufHeader& header_;
  std::string prefix_;
};

template <class Get>
std::vector<uint32_t> of_layers(const ModelShape& shape, Get get) {
  std::vector<uint32_t> values;
  for (const Layer& layer : shape.per_layer) values.push_back(get(layer));
  return values;
}

bool attends(const Layer& layer) {
  return layer.mixer == Mixer::attention || layer.mixer == Mixer::latent_attention || layer.attention_too;
}

void add_heads(Keys& keys, const ModelShape& shape) {
  const bool latent = shape.kv_lora_rank > 0;
  keys.add_per_layer("attention.head_count", of_layers(shape, [](const Layer& l) { return l.heads; }));
  keys.add_per_layer("attention.head_count_kv", of_layers(shape, [&](const Layer& l) {
                       return !attends(l) ? 0u : latent ? 1u : l.kv_heads;
                     }));
  const uint32_t value_dim = shape.value_dim ? shape.value_dim : shape.head_dim;
  if (latent) {
    keys.add("attention.key_length", shape.kv_lora_rank + shape.rope_dim);
    keys.add("attention.value_length", shape.kv_lora_rank);
    keys.add("attention.key_length_mla", shape.head_dim + shape.rope_dim);
    keys.add("attention.value_length_mla", value_dim);
    keys.add("attention.kv_lora_rank", shape.kv_lora_rank);
    keys.add_if("attention.q_lora_rank", shape.q_lora_rank);
  } else {
    keys.add("attention.key_length", shape.head_dim);
    keys.add("attention.value_length", value_dim);
  }
  if (shape.rope) {
    keys.add("rope.dimension_count", latent ? shape.rope_dim : shape.head_dim);
    keys.add("rope.freq_base", 10000.0F);
  }
  keys.add_if("attention.sliding_window", shape.window);
}

void add_experts(Keys& keys, const ModelShape& shape) {
  if (shape.experts == 0) return;
  keys.add("expert_count", shape.experts);
  keys.add("expert_used_count", shape.experts_active);
  keys.add("expert_feed_forward_length", shape.ffn_width);
  keys.add_if("expert_shared_count", shape.shared_experts);
  keys.add_if("expert_shared_feed_forward_length", shape.shared_ffn_width);
  keys.add("leading_dense_block_count", shape.dense_layers);
  keys.add("expert_weights_scale", 1.0F);
  keys.add("expert_weights_norm", true);
  keys.add("expert_gating_func", shape.router_bias ? 2u : 1u);  // sigmoid, softmax
}

void add_state_space(Keys& keys, const ModelShape& shape) {
  const StateSpace& s = shape.state_space;
  keys.add_if("ssm.inner_size", s.inner);
  keys.add_if("ssm.state_size", s.state);
  keys.add_if("ssm.conv_kernel", s.kernel);
  keys.add_if("ssm.time_step_rank", s.dt_rank ? s.dt_rank : s.heads);
  keys.add_if("ssm.group_count", s.groups);
  if (s.norms) keys.add("ssm.dt_b_c_rms", true);
  if (s.kernel && !s.inner) keys.add("shortconv.l_cache", s.kernel);
}

/// A key that llama.cpp's loader requires of an architecture and that an Architecture does not state
/// (load_arch_hparams in src/models/ARCHITECTURE.cpp). Factors are 1; caps are those of the published models.
struct RequiredKey {
  std::string_view architecture, key;
  float value;
};

constexpr std::array required_keys{
    RequiredKey{"command-r", "logit_scale", 1},
    RequiredKey{"cohere2", "logit_scale", 1},
    RequiredKey{"granite", "logit_scale", 1},
    RequiredKey{"granitemoe", "logit_scale", 1},
    RequiredKey{"granitehybrid", "logit_scale", 1},
    RequiredKey{"granite", "residual_scale", 1},
    RequiredKey{"granitemoe", "residual_scale", 1},
    RequiredKey{"granitehybrid", "residual_scale", 1},
    RequiredKey{"granite", "embedding_scale", 1},
    RequiredKey{"granitemoe", "embedding_scale", 1},
    RequiredKey{"granitehybrid", "embedding_scale", 1},
    RequiredKey{"granite", "attention.scale", 1},
    RequiredKey{"granitemoe", "attention.scale", 1},
    RequiredKey{"granitehybrid", "attention.scale", 1},
    RequiredKey{"gemma2", "attn_logit_softcapping", 50},
    RequiredKey{"gemma2", "final_logit_softcapping", 30},
};

}  // namespace

void add_architecture(GgufHeader& header, const ModelShape& shape) {
  Keys keys(header, shape);
  keys.add("block_count", shape.layers);
  keys.add("context_length", shape.max_context);
  keys.add("embedding_length", shape.width);
  keys.add_per_layer("feed_forward_length", of_layers(shape, [&](const Layer& l) {
                       return l.feed_forward == FeedForward::experts
                                  ? shape.dense_ffn_width ? shape.dense_ffn_width : shape.ffn_width
                                  : l.ffn_width;
                     }));
  add_heads(keys, shape);
  keys.add(shape.norm == NormKind::rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon",
           1e-5F);
  keys.add("vocab_size", shape.vocab);
  add_experts(keys, shape);
  add_state_space(keys, shape);
  if (shape.task == Task::encode) {
    header.add("tokenizer.ggml.token_type_count", std::max(1u, shape.token_types));
    keys.add("attention.causal", false);
    keys.add("pooling_type", 1u);  // mean
  }
  for (const RequiredKey& required : required_keys)
    if (required.architecture == shape.architecture) keys.add(required.key, required.value);
}

void add_vocabulary(GgufHeader& header, const ModelShape& shape) {
  constexpr int32_t normal = 1, unknown = 2, control = 3, byte = 6;
  constexpr uint32_t specials = 3, bytes = 256;
  std::vector<std::string> tokens{"<unk>", "<s>", "</s>"};
  std::vector<int32_t> types{unknown, control, control};
  std::vector<float> scores(shape.vocab, 0.0F);
  for (uint32_t i = specials; i < shape.vocab; ++i) {
    const bool is_byte = i < specials + bytes;
    tokens.push_back(is_byte ? fmt::format("<0x{:02X}>", i - specials) : fmt::format("\u2581w{}", i));
    types.push_back(is_byte ? byte : normal);
    scores[i] = -static_cast<float>(i);
  }
  tokens.resize(shape.vocab);
  types.resize(shape.vocab);
  header.add("tokenizer.ggml.model", std::string_view("llama"));
  header.add("tokenizer.ggml.tokens", tokens);
  header.add("tokenizer.ggml.scores", scores);
  header.add("tokenizer.ggml.token_type", types);
  header.add("tokenizer.ggml.bos_token_id", 1u);
  header.add("tokenizer.ggml.eos_token_id", 2u);
  header.add("tokenizer.ggml.unknown_token_id", 0u);
}

}  // namespace weighin
