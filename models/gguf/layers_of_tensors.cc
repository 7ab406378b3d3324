#include "models/gguf/layers_of_tensors.h"

#include <algorithm>
#include <set>
#include <string>

#include "models/gguf/tensor_roles.h"

namespace weighin {
namespace {

/// The tensors of one layer, or those of no layer, by their parts: "attn_q", "attn_q.bias".
class Parts {
 public:
  void add(const Tensor& tensor) {
    const TensorName name = parse_tensor_name(tensor.name);
    names_.insert(std::string(name.part));
    names_.insert(std::string(name.part) + "." + std::string(name.ending));
    tensors_.push_back(&tensor);
  }
  bool has(std::string_view part) const { return names_.contains(part); }
  /// The tensor of `part`'s weights, or nullptr.
  const Tensor* weights(std::string_view part) const {
    for (const Tensor* tensor : tensors_) {
      const TensorName name = parse_tensor_name(tensor->name);
      if (name.part == part && name.ending == "weight") return tensor;
    }
    return nullptr;
  }

 private:
  std::set<std::string, std::less<>> names_;
  std::vector<const Tensor*> tensors_;
};

bool attends(const Parts& parts) {
  return parts.has("attn_q.weight") || parts.has("attn_qkv.weight") || parts.has("attn_k.weight");
}

void read_mixer(const Parts& parts, Layer& layer) {
  if (parts.has("attn_kv_a_mqa")) {
    // Files from before 2025 have keys and values in one matrix, and llama.cpp caches them whole
    // (latent_whole).
    layer.mixer = Mixer::latent_attention;
  } else if (parts.has("ssm_conv1d_q")) {
    layer.mixer = Mixer::kimi_delta;
  } else if (parts.has("ssm_ba") || parts.has("ssm_beta") || parts.has("ssm_alpha")) {
    layer.mixer = Mixer::gated_delta;
  } else if (parts.has("shortconv.conv")) {
    layer.mixer = Mixer::short_convolution;
  } else if (parts.has("ssm_a") || parts.has("ssm_in")) {
    layer.mixer = parts.has("ssm_x") ? Mixer::mamba : Mixer::mamba2;
    layer.attention_too = attends(parts);
  } else {
    layer.mixer = attends(parts) ? Mixer::attention : Mixer::none;
  }
}

/// The width of the feed-forward part is the contiguous dimension of its last matrix.
void read_feed_forward(const Parts& parts, Layer& layer) {
  const auto width = [](const Tensor* down, uint32_t otherwise) {
    return down && down->cols <= UINT32_MAX ? static_cast<uint32_t>(down->cols) : otherwise;
  };
  if (parts.has("ffn_down_exps")) {
    layer.feed_forward = FeedForward::experts;
    layer.ffn_width = width(parts.weights("ffn_down_exps"), layer.ffn_width);
  } else if (parts.has("ffn_down")) {
    layer.feed_forward = FeedForward::dense;
    layer.ffn_width = width(parts.weights("ffn_down"), layer.ffn_width);
  } else {
    layer.feed_forward = FeedForward::none;
    layer.ffn_width = 0;
  }
}

/// Reads the places of the normalizations, and the name of the one before the feed-forward part.
void read_norms(const Parts& parts, ModelShape& shape) {
  const bool before = parts.has("attn_norm");
  const bool after_attention = parts.has("attn_output_norm"), after_all = parts.has("layer_output_norm");
  if (!before && (after_attention || after_all)) {
    shape.norm_place = NormPlace::after;
  } else if (after_all) {
    shape.norm_place = NormPlace::around;
    shape.norm_names = NormNames::grok;
  } else if (parts.has("post_ffw_norm")) {
    shape.norm_place = before ? NormPlace::around : NormPlace::after;
  } else if (parts.has("attn_norm_2")) {
    shape.norm_place = NormPlace::parallel_2;
  } else if (before && !parts.has("ffn_norm") && (after_attention || parts.has("post_attention_norm"))) {
    shape.norm_names = after_attention ? NormNames::attn_output : NormNames::post_attention;
  } else if (before) {
    shape.norm_place = parts.has("ffn_norm") ? NormPlace::before : NormPlace::parallel;
  } else {
    shape.norm_place = parts.has("ffn_norm") ? NormPlace::before : NormPlace::none;
  }
}

/// Reads the properties of the whole model that the tensors of one layer show.
void read_flags(const Parts& parts, ModelShape& shape) {
  if (const Tensor* norm = parts.weights("attn_q_norm")) {
    (norm->cols * norm->rows <= shape.head_dim ? shape.head_norm : shape.query_key_norm) = true;
  }
  shape.latent_whole |= parts.has("attn_kv_b") && !parts.has("attn_k_b");
  shape.dense_beside_experts |= parts.has("ffn_down") && parts.has("ffn_down_exps");
  const Tensor* query = parts.weights("attn_q");
  shape.gated_query |=
      query && shape.kv_lora_rank == 0 && shape.heads && query->rows == 2ull * shape.heads * shape.head_dim;
  shape.fused_qkv |= parts.has("attn_qkv");
  shape.bias_qkv |= parts.has("attn_q.bias") || parts.has("attn_qkv.bias");
  shape.bias_attention_output |= parts.has("attn_output.bias");
  shape.bias_ffn |= parts.has("ffn_down.bias");
  shape.attention_sinks |= parts.has("attn_sinks");
  shape.expert_bias |= parts.has("ffn_down_exps.bias");
  shape.router_bias |= parts.has("exp_probs_b");
  shape.shared_expert_gate |= parts.has("ffn_gate_inp_shexp");
  shape.norm_bias |= shape.norm == NormKind::rms && parts.has("attn_norm.bias");
  shape.without_norm_bias |=
      shape.norm == NormKind::layer && parts.has("attn_norm.weight") && !parts.has("attn_norm.bias");
  shape.state_space.norms |= parts.has("ssm_dt_norm");
  const Tensor *up = parts.weights("ffn_up"), *down = parts.weights("ffn_down");
  if (up && down && up->rows == 2 * down->cols) shape.fused_gate_up = true;
  if (const Tensor* shared = parts.weights("ffn_down_shexp"); shared && shared->cols <= UINT32_MAX) {
    shape.shared_ffn_width = static_cast<uint32_t>(shared->cols);
    shape.shared_experts = std::max<uint32_t>(1, shape.shared_experts);
  }
}

/// The activation. No key states it, so it follows from the name of the architecture and from whether there
/// are gates.
Activation activation_of(const ModelShape& shape, bool gated) {
  const std::string_view name = shape.architecture;
  if (name.starts_with("gemma")) return Activation::geglu;
  if (gated)
    return name == "t5" || name == "t5encoder" || name == "jina-bert-v2" ? Activation::geglu
                                                                         : Activation::swiglu;
  if (name.starts_with("nemotron") || name == "arcee") return Activation::relu_squared;
  if (name.starts_with("t5")) return Activation::relu;
  return Activation::gelu;
}

void read_model(const Parts& parts, ModelShape& shape) {
  const auto rows_of = [&](std::string_view part) -> uint32_t {
    const Tensor* tensor = parts.weights(part);
    return tensor && tensor->rows <= UINT32_MAX ? static_cast<uint32_t>(tensor->rows) : 0;
  };
  shape.positions = rows_of("position_embd");
  shape.token_types = rows_of("token_types");
  // In LFM2's files the last normalization has this name (llama.cpp, LLM_TENSOR_OUTPUT_NORM_LFM2).
  const bool misnamed = shape.architecture.starts_with("lfm2") && !parts.has("output_norm");
  shape.embedding_norm = parts.has("token_embd_norm") && !misnamed;
  shape.final_norm = parts.has("output_norm") || (parts.has("token_embd_norm") && misnamed);
  shape.pooler = parts.has("cls");
  shape.bias_head = parts.has("output.bias");
  shape.rope_factors = parts.has("rope_freqs") ? 1 : parts.has("rope_factors_long") ? 2 : 0;
  const Tensor* embedding = parts.weights("token_embd");
  const bool has_output = parts.has("output.weight");
  shape.head = has_output || (shape.task != Task::encode && embedding);
  shape.tied = shape.head && !has_output;
  if (!shape.tied) return;
  Tensor output = *embedding;
  output.name = "output.weight";
  output.role = TensorRole::output;
  output.stored = 0;
  output.used = 1;
  shape.tensors.push_back(std::move(output));
}

}  // namespace

void read_layers(ModelShape& shape) {
  std::vector<Parts> layers(shape.per_layer.size());
  Parts model;
  for (const Tensor& tensor : shape.tensors) {
    if (tensor.layer < 0) {
      model.add(tensor);
    } else if (static_cast<size_t>(tensor.layer) < layers.size() && !parse_tensor_name(tensor.name).encoder) {
      layers[static_cast<size_t>(tensor.layer)].add(tensor);
    }
  }
  bool gated = false;
  for (size_t i = 0; i < layers.size(); ++i) {
    read_mixer(layers[i], shape.per_layer[i]);
    read_feed_forward(layers[i], shape.per_layer[i]);
    read_flags(layers[i], shape);
    gated |= layers[i].has("ffn_gate") || layers[i].has("ffn_gate_exps") || layers[i].has("ffn_gate_up_exps");
  }
  if (!layers.empty()) {
    // ModernBERT's first layer has no norm before attention.
    const bool lacks = layers.size() > 1 && !layers[0].has("attn_norm") && layers[1].has("attn_norm");
    shape.without_first_norm = lacks;
    read_norms(layers[lacks ? 1 : 0], shape);
  }
  shape.activation = activation_of(shape, gated || shape.fused_gate_up);
  const auto dense = [](const Layer& layer) { return layer.feed_forward != FeedForward::experts; };
  const auto first = std::find_if_not(shape.per_layer.begin(), shape.per_layer.end(), dense);
  if (first != shape.per_layer.end()) {
    shape.dense_layers = static_cast<uint32_t>(first - shape.per_layer.begin());
    if (shape.dense_layers) shape.dense_ffn_width = shape.per_layer.front().ffn_width;
    shape.ffn_width = first->ffn_width;
  } else if (!shape.per_layer.empty()) {
    for (const Layer& layer : shape.per_layer) shape.ffn_width = std::max(shape.ffn_width, layer.ffn_width);
  }
  read_model(model, shape);
}

}  // namespace weighin
