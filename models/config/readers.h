// One function a kind of configuration: from its fields to an architecture. The table of model types in
// config.cc names them.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

/// What a configuration class takes for fields that a file leaves out; 0: the field must be there, or follows
/// from others.
struct ClassDefaults {
  uint32_t vocab = 0;
  uint32_t ffn_width = 0;
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t head_dim = 0;
  uint32_t context = 2048;
  bool tied = false;
};

/// The sizes every decoder has: layers, width, vocabulary, heads, feed-forward, context, activation.
void read_sizes(const ConfigFields& f, ModelShape& s, const ClassDefaults& defaults);
/// "silu" -> swiglu where `gated`, else silu, and so on.
Activation activation_of(const ConfigFields& f, std::string_view if_absent, bool gated);
/// Frequency tables of rope_scaling: one for "llama3", two for "longrope" (and its older names).
void read_rope_factors(const ConfigFields& f, ModelShape& s);
/// Every layer from the whole model's numbers, dense.
std::vector<Layer>& fill_layers(ModelShape& s);
/// Windows: where layer_types says "sliding_attention" or "chunked_attention"; else in all but every
/// `period`-th layer (0: in none).
void read_windows(const ConfigFields& f, ModelShape& s, uint32_t window, uint32_t period);
/// Layers from `first` on in steps of `step` have experts of ffn_width, others the dense width.
void place_experts(ModelShape& s, uint32_t first, uint32_t step = 1, uint32_t offset = 0);

/// `count` shared experts of `width` each, kept as one.
void set_shared_experts(const ConfigFields& f, ModelShape& s, uint32_t count, uint32_t width);

// config_llama.cc
void read_llama(const ConfigFields& f, ModelShape& s);
void read_mistral(const ConfigFields& f, ModelShape& s);
void read_mobilellm(const ConfigFields& f, ModelShape& s);
void read_smollm3(const ConfigFields& f, ModelShape& s);
void read_granite(const ConfigFields& f, ModelShape& s);
void read_minicpm(const ConfigFields& f, ModelShape& s);
void read_internlm2(const ConfigFields& f, ModelShape& s);
void read_exaone(const ConfigFields& f, ModelShape& s);
void read_exaone4(const ConfigFields& f, ModelShape& s);
void read_ernie(const ConfigFields& f, ModelShape& s);
void read_hunyuan(const ConfigFields& f, ModelShape& s);
void read_olmo(const ConfigFields& f, ModelShape& s);
void read_olmo2(const ConfigFields& f, ModelShape& s);
void read_seed_oss(const ConfigFields& f, ModelShape& s);

// config_gemma.cc
void read_gemma(const ConfigFields& f, ModelShape& s);
void read_gemma2(const ConfigFields& f, ModelShape& s);
void read_gemma3(const ConfigFields& f, ModelShape& s);
void read_gemma3n(const ConfigFields& f, ModelShape& s);
void read_gemma4(const ConfigFields& f, ModelShape& s);

// config_qwen.cc
void read_qwen(const ConfigFields& f, ModelShape& s);
void read_qwen2(const ConfigFields& f, ModelShape& s);
void read_qwen2_moe(const ConfigFields& f, ModelShape& s);
void read_qwen3(const ConfigFields& f, ModelShape& s);
void read_qwen3_moe(const ConfigFields& f, ModelShape& s);
void read_qwen3_next(const ConfigFields& f, ModelShape& s);
void read_qwen3_5(const ConfigFields& f, ModelShape& s);

// config_dense.cc
void read_phi(const ConfigFields& f, ModelShape& s);
void read_phi3(const ConfigFields& f, ModelShape& s);
void read_phi3small(const ConfigFields& f, ModelShape& s);
void read_falcon(const ConfigFields& f, ModelShape& s);
void read_stablelm(const ConfigFields& f, ModelShape& s);
void read_cohere(const ConfigFields& f, ModelShape& s);
void read_cohere2(const ConfigFields& f, ModelShape& s);
void read_glm(const ConfigFields& f, ModelShape& s);
void read_glm4(const ConfigFields& f, ModelShape& s);
void read_chatglm(const ConfigFields& f, ModelShape& s);
void read_nemotron(const ConfigFields& f, ModelShape& s);
void read_starcoder2(const ConfigFields& f, ModelShape& s);
void read_openelm(const ConfigFields& f, ModelShape& s);

// config_gpt.cc
void read_gpt2(const ConfigFields& f, ModelShape& s);
void read_gpt_bigcode(const ConfigFields& f, ModelShape& s);
void read_gpt_neo(const ConfigFields& f, ModelShape& s);
void read_gpt_neox(const ConfigFields& f, ModelShape& s);
void read_gptj(const ConfigFields& f, ModelShape& s);
void read_opt(const ConfigFields& f, ModelShape& s);
void read_bloom(const ConfigFields& f, ModelShape& s);

// config_experts.cc
void read_mixtral(const ConfigFields& f, ModelShape& s);
void read_phimoe(const ConfigFields& f, ModelShape& s);
void read_olmoe(const ConfigFields& f, ModelShape& s);
void read_granitemoe(const ConfigFields& f, ModelShape& s);
void read_gpt_oss(const ConfigFields& f, ModelShape& s);
void read_llama4(const ConfigFields& f, ModelShape& s);
void read_dbrx(const ConfigFields& f, ModelShape& s);
void read_grok(const ConfigFields& f, ModelShape& s);
void read_ernie_moe(const ConfigFields& f, ModelShape& s);
void read_hunyuan_moe(const ConfigFields& f, ModelShape& s);
void read_glm4_moe(const ConfigFields& f, ModelShape& s);
void read_minimax_m2(const ConfigFields& f, ModelShape& s);

// config_latent.cc
void read_deepseek(const ConfigFields& f, ModelShape& s);
void read_deepseek_v2(const ConfigFields& f, ModelShape& s);
void read_deepseek_v3(const ConfigFields& f, ModelShape& s);
void read_minicpm3(const ConfigFields& f, ModelShape& s);
void read_kimi_linear(const ConfigFields& f, ModelShape& s);
/// Ranks and head sizes of multi-head latent attention.
void read_latent(const ConfigFields& f, ModelShape& s);

// config_state_space.cc
void read_mamba(const ConfigFields& f, ModelShape& s);
void read_mamba2(const ConfigFields& f, ModelShape& s);
void read_jamba(const ConfigFields& f, ModelShape& s);
void read_bamba(const ConfigFields& f, ModelShape& s);
void read_granite_hybrid(const ConfigFields& f, ModelShape& s);
void read_falcon_h1(const ConfigFields& f, ModelShape& s);
void read_nemotron_h(const ConfigFields& f, ModelShape& s);
void read_zamba2(const ConfigFields& f, ModelShape& s);
void read_lfm2(const ConfigFields& f, ModelShape& s);
void read_lfm2_moe(const ConfigFields& f, ModelShape& s);

// config_encoder.cc
void read_bert(const ConfigFields& f, ModelShape& s);
void read_distilbert(const ConfigFields& f, ModelShape& s);
void read_roberta(const ConfigFields& f, ModelShape& s);
void read_albert(const ConfigFields& f, ModelShape& s);
void read_electra(const ConfigFields& f, ModelShape& s);
void read_mobilebert(const ConfigFields& f, ModelShape& s);
void read_modernbert(const ConfigFields& f, ModelShape& s);
void read_nomic_bert(const ConfigFields& f, ModelShape& s);
void read_deberta(const ConfigFields& f, ModelShape& s);

// config_encoder_decoder.cc
void read_t5(const ConfigFields& f, ModelShape& s);
void read_bart(const ConfigFields& f, ModelShape& s);
void read_whisper(const ConfigFields& f, ModelShape& s);

// config_vision.cc
/// Fills s.vision from a vision_config; `type` is the whole model's model_type. Towers that are no plain ViT
/// are left out.
void read_vision(const ConfigFields& f, std::string_view type, ModelShape& s);

}  // namespace weighin
