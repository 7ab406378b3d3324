#include "models/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "models/config/dense.h"
#include "models/config/encoder.h"
#include "models/config/encoder_decoder.h"
#include "models/config/experts.h"
#include "models/config/gemma.h"
#include "models/config/gpt.h"
#include "models/config/latent.h"
#include "models/config/llama.h"
#include "models/config/qwen.h"
#include "models/config/state_space.h"
#include "models/config/vision.h"
#include "models/shape/build_shape.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr size_t largest_text = 4u << 20;  // bytes; the longest published config.json has tens of thousands
constexpr int deepest_nesting = 64;        // levels; published files have fewer than ten

struct ModelType {
  std::string_view name;          // model_type
  std::string_view architecture;  // as llama.cpp's GGUF files name it; empty: it has none
  void (*read)(const ConfigFields&, ModelShape&);
};

/// Every known model type. A model that has a text part of its own type (text_config) has a row for either
/// type.
constexpr std::array model_types{
    ModelType{"llama", "llama", read_llama},
    ModelType{"mistral", "llama", read_mistral},
    ModelType{"ministral", "llama", read_mistral},
    ModelType{"mistral3", "llama", read_mistral},
    ModelType{"mobilellm", "", read_mobilellm},
    ModelType{"smollm3", "smollm3", read_smollm3},
    ModelType{"granite", "granite", read_granite},
    ModelType{"minicpm", "minicpm", read_minicpm},
    ModelType{"internlm2", "internlm2", read_internlm2},
    ModelType{"exaone", "exaone", read_exaone},
    ModelType{"exaone4", "exaone4", read_exaone4},
    ModelType{"ernie4_5", "ernie4_5", read_ernie},
    ModelType{"hunyuan_v1_dense", "hunyuan-dense", read_hunyuan},
    ModelType{"olmo", "olmo", read_olmo},
    ModelType{"olmo2", "olmo2", read_olmo2},
    ModelType{"olmo3", "olmo2", read_olmo2},
    ModelType{"seed_oss", "seed_oss", read_seed_oss},

    ModelType{"gemma", "gemma", read_gemma},
    ModelType{"gemma2", "gemma2", read_gemma2},
    ModelType{"gemma3", "gemma3", read_gemma3},
    ModelType{"gemma3_text", "gemma3", read_gemma3},
    ModelType{"gemma3n", "gemma3n", read_gemma3n},
    ModelType{"gemma3n_text", "gemma3n", read_gemma3n},
    ModelType{"gemma4", "gemma4", read_gemma4},
    ModelType{"gemma4_text", "gemma4", read_gemma4},

    ModelType{"qwen", "qwen", read_qwen},
    ModelType{"qwen2", "qwen2", read_qwen2},
    ModelType{"qwen2_moe", "qwen2moe", read_qwen2_moe},
    ModelType{"qwen2_vl", "qwen2vl", read_qwen2},
    ModelType{"qwen2_vl_text", "qwen2vl", read_qwen2},
    ModelType{"qwen2_5_vl", "qwen2vl", read_qwen2},
    ModelType{"qwen2_5_vl_text", "qwen2vl", read_qwen2},
    ModelType{"qwen3", "qwen3", read_qwen3},
    ModelType{"qwen3_moe", "qwen3moe", read_qwen3_moe},
    ModelType{"qwen3_vl", "qwen3vl", read_qwen3},
    ModelType{"qwen3_vl_text", "qwen3vl", read_qwen3},
    ModelType{"qwen3_vl_moe", "qwen3vlmoe", read_qwen3_moe},
    ModelType{"qwen3_vl_moe_text", "qwen3vlmoe", read_qwen3_moe},
    ModelType{"qwen3_next", "qwen3next", read_qwen3_next},
    ModelType{"qwen3_5", "qwen35", read_qwen3_5},
    ModelType{"qwen3_5_text", "qwen35", read_qwen3_5},
    ModelType{"qwen3_5_moe", "qwen35moe", read_qwen3_next},
    ModelType{"qwen3_5_moe_text", "qwen35moe", read_qwen3_next},

    ModelType{"phi", "phi2", read_phi},
    ModelType{"phi3", "phi3", read_phi3},
    ModelType{"phi3small", "", read_phi3small},
    ModelType{"phimoe", "phimoe", read_phimoe},
    ModelType{"falcon", "falcon", read_falcon},
    ModelType{"stablelm", "stablelm", read_stablelm},
    ModelType{"cohere", "command-r", read_cohere},
    ModelType{"cohere2", "cohere2", read_cohere2},
    ModelType{"glm", "chatglm", read_glm},
    ModelType{"glm4", "glm4", read_glm4},
    ModelType{"chatglm", "chatglm", read_chatglm},
    ModelType{"nemotron", "nemotron", read_nemotron},
    ModelType{"starcoder2", "starcoder2", read_starcoder2},
    ModelType{"openelm", "openelm", read_openelm},

    ModelType{"gpt2", "gpt2", read_gpt2},
    ModelType{"gpt_bigcode", "starcoder", read_gpt_bigcode},
    ModelType{"gpt_neo", "", read_gpt_neo},
    ModelType{"gpt_neox", "gptneox", read_gpt_neox},
    ModelType{"gptj", "", read_gptj},
    ModelType{"opt", "", read_opt},
    ModelType{"bloom", "bloom", read_bloom},

    ModelType{"mixtral", "llama", read_mixtral},
    ModelType{"olmoe", "olmoe", read_olmoe},
    ModelType{"granitemoe", "granitemoe", read_granitemoe},
    ModelType{"granitemoeshared", "granitemoe", read_granitemoe},
    ModelType{"gpt_oss", "gpt-oss", read_gpt_oss},
    ModelType{"llama4", "llama4", read_llama4},
    ModelType{"llama4_text", "llama4", read_llama4},
    ModelType{"dbrx", "dbrx", read_dbrx},
    ModelType{"grok-1", "grok", read_grok},
    ModelType{"ernie4_5_moe", "ernie4_5-moe", read_ernie_moe},
    ModelType{"hunyuan_v1_moe", "hunyuan-moe", read_hunyuan_moe},
    ModelType{"glm4_moe", "glm4moe", read_glm4_moe},
    ModelType{"minimax_m2", "minimax-m2", read_minimax_m2},

    ModelType{"deepseek", "deepseek", read_deepseek},
    ModelType{"deepseek_v2", "deepseek2", read_deepseek_v2},
    ModelType{"deepseek_v3", "deepseek2", read_deepseek_v3},
    ModelType{"deepseek_v32", "deepseek32", read_deepseek_v3},
    ModelType{"glm_moe_dsa", "glm-dsa", read_deepseek_v3},
    ModelType{"kimi_k2", "deepseek2", read_deepseek_v3},
    ModelType{"kimi_k25", "deepseek2", read_deepseek_v3},
    ModelType{"kimi_linear", "kimi-linear", read_kimi_linear},
    ModelType{"minicpm3", "minicpm3", read_minicpm3},

    ModelType{"mamba", "mamba", read_mamba},
    ModelType{"falcon_mamba", "mamba", read_mamba},
    ModelType{"mamba2", "mamba2", read_mamba2},
    ModelType{"jamba", "jamba", read_jamba},
    ModelType{"bamba", "granitehybrid", read_bamba},
    ModelType{"granitemoehybrid", "granitehybrid", read_granite_hybrid},
    ModelType{"falcon_h1", "falcon-h1", read_falcon_h1},
    ModelType{"nemotron_h", "nemotron_h", read_nemotron_h},
    ModelType{"zamba2", "", read_zamba2},
    ModelType{"lfm2", "lfm2", read_lfm2},
    ModelType{"lfm2_moe", "lfm2moe", read_lfm2_moe},

    ModelType{"bert", "bert", read_bert},
    ModelType{"distilbert", "bert", read_distilbert},
    ModelType{"roberta", "bert", read_roberta},
    ModelType{"xlm-roberta", "bert", read_roberta},
    ModelType{"camembert", "bert", read_roberta},
    ModelType{"albert", "", read_albert},
    ModelType{"electra", "", read_electra},
    ModelType{"mobilebert", "", read_mobilebert},
    ModelType{"modernbert", "modern-bert", read_modernbert},
    ModelType{"nomic_bert", "nomic-bert", read_nomic_bert},
    ModelType{"deberta-v2", "", read_deberta},

    ModelType{"t5", "t5", read_t5},
    ModelType{"mt5", "t5", read_t5},
    ModelType{"bart", "", read_bart},
    ModelType{"whisper", "", read_whisper},
};

/// Refuses a layer whose sizes no model has.
void check_layer(const ConfigFields& f, const ModelShape& s, const Layer& layer) {
  const uint64_t head = uint64_t{s.head_dim} + s.value_dim + s.rope_dim + layer.head_dim;
  if (std::max<uint64_t>(layer.heads, layer.kv_heads) * 2 * head > ConfigFields::largest_number)
    f.reject("head_dim", "times the heads is above the largest number taken here");
  const bool attends = layer.mixer == Mixer::attention || layer.attention_too;
  if (attends && (layer.heads == 0 || layer.kv_heads == 0 || layer.heads % layer.kv_heads))
    f.reject("num_key_value_heads",
             fmt::format("is {}, which does not divide the {} heads", layer.kv_heads, layer.heads));
}

/// Refuses sizes that no model has and that would make more tensors than a machine should hold.
void check_sizes(const ConfigFields& f, const ModelShape& s) {
  const auto at_most = [&](uint64_t value, uint64_t limit, const char* name) {
    if (value > limit) f.reject(name, fmt::format("is {}, above {}, the most taken here", value, limit));
  };
  // Twice the layers that llama.cpp accepts (LLAMA_MAX_LAYERS, src/llama-hparams.h), and eight times the most
  // experts that any model uses for a token. A graph has nodes for each of both.
  at_most(uint64_t{s.layers} + s.encoder_layers, 1024, "num_hidden_layers");
  at_most(s.experts_active, 256, "num_experts_per_tok");
  at_most(s.vision.layers, 1024, "vision_config.num_hidden_layers");
  at_most(s.vision.deep_projectors, 1024, "vision_config.deepstack_visual_indexes");
  at_most(s.vision.frames, 1000, "vision_config.temporal_patch_size");
  at_most(s.vision.merge, 1000, "vision_config.spatial_merge_size");
  at_most(s.vision.patch, 10000, "vision_config.patch_size");
  at_most(s.vision.channels, 1000, "vision_config.num_channels");
  at_most(s.width, 1000000, "hidden_size");
  at_most(s.heads, 100000, "num_attention_heads");
  at_most(s.experts, 100000, "num_experts");
  at_most(s.shared_experts, 10000, "n_shared_experts");
  at_most(s.altup_inputs, 1000, "altup_num_inputs");
  at_most(uint64_t{s.layers} * s.stacked_feed_forwards, 4096, "num_feedforward_networks");
  at_most(s.state_space.groups, 100000, "n_groups");
  if (s.experts && s.experts_active == 0) f.reject("num_experts_per_tok", "is 0, and there are experts");
  if (s.experts_active > s.experts) f.reject("num_experts_per_tok", "is above the number of experts");
  if (s.vision.layers && s.vision.width % std::max(1u, s.vision.heads))
    f.reject("vision_config", "has a width that its heads do not divide");
  const StateSpace& ssm = s.state_space;
  at_most(uint64_t{ssm.inner} * ssm.state, 1ull << 40, "state_size");
  at_most(ssm.kernel, 1000000, "conv_kernel");
  if (ssm.groups && ssm.inner % ssm.groups) f.reject("mamba_n_groups", "does not divide the inner width");
  if (s.per_layer.empty()) check_layer(f, s, {.heads = s.heads, .kv_heads = s.kv_heads});
  for (const Layer& layer : s.per_layer) check_layer(f, s, layer);
}

/// Refuses tensors without values, and more parameters than 60 bits count, so that no later sum overflows.
void check_tensors(const ConfigFields& f, const ModelShape& s) {
  constexpr double most = 1e18;
  double sum = 0;
  for (const auto* tensors : {&s.tensors, &s.vision_tensors}) {
    for (const Tensor& tensor : *tensors) {
      sum += static_cast<double>(tensor.rows) * static_cast<double>(tensor.cols) *
             std::max({tensor.stored, tensor.used, 1u});
      if (tensor.rows == 0 || tensor.cols == 0)
        return f.reject("model_type", fmt::format("makes a tensor of no values, {}", tensor.name));
    }
  }
  if (sum > most) f.reject("hidden_size", "and the other sizes make more than 10^18 parameters");
}

const ModelType* find_type(std::string_view name) {
  const auto found = std::find_if(model_types.begin(), model_types.end(),
                                  [&](const ModelType& type) { return type.name == name; });
  return found == model_types.end() ? nullptr : &*found;
}

/// The text part of a model with several parts: its text_config, completed by fields of the whole where it
/// lacks them.
json text_part(const json& whole) {
  const auto text = whole.find("text_config");
  if (text == whole.end() || !text->is_object()) return whole;
  json merged = *text;
  for (const char* name : {"tie_word_embeddings", "architectures"})
    if (!merged.contains(name) && whole.contains(name)) merged[name] = whole[name];
  return merged;
}

/// Reads the configuration and makes the tensors. Sizes are checked before tensors are made of them.
void make_shape(const ConfigFields& text, const ConfigFields& whole, const ModelType& type,
                ModelShape& shape) {
  shape.architecture = type.architecture;
  type.read(text, shape);
  if (!text.failed() && whole.has({"vision_config"}))
    read_vision(whole.inside({"vision_config"}), type.name, shape);
  if (!text.failed()) check_sizes(text, shape);
  if (text.failed()) return;
  build_shape(shape);
  check_tensors(text, shape);
}

/// `word` in quotes and in ASCII, whatever bytes it holds.
std::string shown_word(const std::string& word) {
  return json(word.substr(0, 60)).dump(-1, ' ', true, json::error_handler_t::replace);
}

/// Parses JSON, but refuses what is nested too deeply, because the library frees nested values by recursion.
json parse(std::string_view text) {
  bool too_deep = false;
  const auto watch = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > deepest_nesting;
    return !too_deep;
  };
  json parsed = json::parse(text, watch, false);
  return too_deep ? json(json::value_t::discarded) : parsed;
}

}  // namespace

tl::expected<ModelShape, std::string> shape_of_config(std::string_view json_text, const std::string& where) {
  const auto wrong = [&](const std::string& why) {
    return tl::unexpected(fmt::format("{}: {}", where, why));
  };
  if (json_text.size() > largest_text)
    return wrong(fmt::format("{} bytes, more than a configuration has ({})", json_text.size(), largest_text));
  const json whole = parse(json_text);
  if (!whole.is_object())
    return wrong(fmt::format("not a JSON object (or nested deeper than {} levels)", deepest_nesting));

  const auto error = std::make_shared<std::string>();
  const ConfigFields fields(whole, "", error);
  const std::string type_name = fields.word({"model_type"});
  const ModelType* type = find_type(type_name);
  if (fields.failed()) return wrong(fields.error());
  if (type == nullptr)
    return wrong(fmt::format("\"model_type\" is {}, none of the {} types known here", shown_word(type_name),
                             model_types.size()));
  const json text = text_part(whole);
  const ConfigFields text_fields(text, whole.contains("text_config") ? "text_config." : "", error);
  ModelShape shape;
  make_shape(text_fields, fields, *type, shape);
  if (fields.failed()) return wrong(fields.error());
  return shape;
}

size_t known_model_types() {
  return model_types.size();
}

}  // namespace weighin
