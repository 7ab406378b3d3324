// Reading config.json: shapes are computed by hand, tensors have llama.cpp's names, and wrong files are
// refused.
#include "models/config/config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace weighin {
namespace {

using nlohmann::json;

ModelShape shape_of(const json& config) {
  const auto shape = shape_of_config(config.dump(), "test.json");
  EXPECT_TRUE(shape) << (shape ? "" : shape.error());
  return shape ? *shape : ModelShape{};
}

const Tensor* tensor_called(const std::vector<Tensor>& tensors, std::string_view name) {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

/// The size of the tensor as "rows x cols x stored", or "none" where there is no such tensor.
std::string size_of(const ModelShape& shape, std::string_view name) {
  const Tensor* tensor = tensor_called(shape.tensors, name);
  if (!tensor) tensor = tensor_called(shape.vision_tensors, name);
  if (!tensor) return "none";
  return std::to_string(tensor->rows) + " x " + std::to_string(tensor->cols) + " x " +
         std::to_string(tensor->stored);
}

json small_llama() {
  return {{"model_type", "llama"},       {"vocab_size", 1000},
          {"hidden_size", 64},           {"intermediate_size", 160},
          {"num_hidden_layers", 2},      {"num_attention_heads", 4},
          {"num_key_value_heads", 2},    {"max_position_embeddings", 512},
          {"tie_word_embeddings", false}};
}

TEST(Config, LlamaByHand) {
  const ModelShape shape = shape_of(small_llama());
  EXPECT_EQ(shape.architecture, "llama");
  // Embeddings and output head; in each layer q, o, k, v, three matrices of the feed-forward part and two
  // norms; and the last norm.
  EXPECT_EQ(parameters(shape), 2 * 1000 * 64 + 2 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 160 * 64 + 2 * 64) + 64);
  EXPECT_EQ(size_of(shape, "blk.1.attn_k.weight"), "32 x 64 x 1");
  EXPECT_EQ(size_of(shape, "output.weight"), "1000 x 64 x 1");
  ASSERT_EQ(shape.attention.size(), 1u);
  EXPECT_EQ(shape.attention[0].cached_values, 2 * 2 * 16u);
  EXPECT_EQ(shape.state_values, 0u);
}

TEST(Config, RopeFactorsStandInTheFileButAreNoParameters) {
  json config = small_llama();
  const uint64_t without = parameters(shape_of(config));
  config["rope_scaling"] = {{"rope_type", "llama3"}, {"factor", 32.0}};
  const ModelShape shape = shape_of(config);
  EXPECT_EQ(size_of(shape, "rope_freqs.weight"), "1 x 8 x 1");
  EXPECT_EQ(parameters(shape), without);
}

TEST(Config, MistralHasItsWindowOnEveryLayer) {
  json config = small_llama();
  config["model_type"] = "mistral";
  config["sliding_window"] = 128;
  const ModelShape shape = shape_of(config);
  EXPECT_EQ(shape.architecture, "llama");
  ASSERT_EQ(shape.attention.size(), 1u);
  EXPECT_EQ(shape.attention[0].window, 128u);
  config["sliding_window"] = nullptr;
  EXPECT_EQ(shape_of(config).attention[0].window, 0u);
}

TEST(Config, Gemma3HasFiveLocalLayersToOne) {
  const ModelShape shape = shape_of({{"model_type", "gemma3_text"},
                                     {"vocab_size", 1000},
                                     {"hidden_size", 64},
                                     {"intermediate_size", 128},
                                     {"num_hidden_layers", 12},
                                     {"sliding_window", 32},
                                     {"num_attention_heads", 4},
                                     {"num_key_value_heads", 1},
                                     {"head_dim", 16}});
  ASSERT_EQ(shape.attention.size(), 2u);
  EXPECT_EQ(shape.attention[0].layers, 10u);
  EXPECT_EQ(shape.attention[0].window, 32u);
  EXPECT_EQ(shape.attention[1].layers, 2u);
  EXPECT_EQ(shape.attention[1].window, 0u);
  EXPECT_EQ(shape.per_layer[5].window, 0u);
  EXPECT_EQ(size_of(shape, "blk.0.attn_q_norm.weight"), "1 x 16 x 1");
  EXPECT_EQ(size_of(shape, "blk.0.post_ffw_norm.weight"), "1 x 64 x 1");
  EXPECT_EQ(size_of(shape, "output.weight"), "1000 x 64 x 0");  // tied is the default of the class
}

TEST(Config, Gemma2StartsWithALocalLayer) {
  const ModelShape shape = shape_of({{"model_type", "gemma2"},
                                     {"vocab_size", 1000},
                                     {"hidden_size", 64},
                                     {"intermediate_size", 128},
                                     {"num_hidden_layers", 3},
                                     {"sliding_window", 32},
                                     {"num_attention_heads", 4},
                                     {"num_key_value_heads", 1},
                                     {"head_dim", 16}});
  EXPECT_EQ(shape.per_layer[0].window, 32u);
  EXPECT_EQ(shape.per_layer[1].window, 0u);
  EXPECT_EQ(shape.per_layer[2].window, 32u);
}

TEST(Config, MixturesHoldAllExpertsInOneTensor) {
  json config = small_llama();
  config["model_type"] = "mixtral";
  config["num_local_experts"] = 4;
  config["num_experts_per_tok"] = 2;
  const ModelShape shape = shape_of(config);
  EXPECT_EQ(size_of(shape, "blk.0.ffn_gate_exps.weight"), "160 x 64 x 4");
  EXPECT_EQ(size_of(shape, "blk.0.ffn_gate_inp.weight"), "4 x 64 x 1");
  EXPECT_EQ(size_of(shape, "blk.0.ffn_gate.weight"), "none");
  EXPECT_EQ(parameters(shape) - active_parameters(shape), 2 * 2 * 3 * 160 * 64u);
}

TEST(Config, DeepSeekKeepsItsLatentInTheCache) {
  const ModelShape shape = shape_of({{"model_type", "deepseek_v3"},
                                     {"vocab_size", 1000},
                                     {"hidden_size", 64},
                                     {"intermediate_size", 256},
                                     {"moe_intermediate_size", 32},
                                     {"num_hidden_layers", 3},
                                     {"num_attention_heads", 4},
                                     {"q_lora_rank", 24},
                                     {"kv_lora_rank", 16},
                                     {"qk_rope_head_dim", 8},
                                     {"qk_nope_head_dim", 12},
                                     {"v_head_dim", 10},
                                     {"n_routed_experts", 8},
                                     {"n_shared_experts", 1},
                                     {"num_experts_per_tok", 2},
                                     {"first_k_dense_replace", 1}});
  EXPECT_EQ(shape.architecture, "deepseek2");
  EXPECT_EQ(shape.attention[0].cached_values, 24u);
  EXPECT_EQ(size_of(shape, "blk.0.attn_q_b.weight"), "80 x 24 x 1");
  EXPECT_EQ(size_of(shape, "blk.0.attn_k_b.weight"), "16 x 12 x 4");
  EXPECT_EQ(size_of(shape, "blk.0.attn_v_b.weight"), "10 x 16 x 4");
  EXPECT_EQ(size_of(shape, "blk.0.ffn_gate.weight"), "256 x 64 x 1");
  EXPECT_EQ(size_of(shape, "blk.1.ffn_gate_exps.weight"), "32 x 64 x 8");
  EXPECT_EQ(size_of(shape, "blk.1.ffn_up_shexp.weight"), "32 x 64 x 1");
  EXPECT_EQ(size_of(shape, "blk.1.exp_probs_b.bias"), "1 x 8 x 1");
}

TEST(Config, MambaKeepsAStateAndNoCache) {
  const ModelShape shape = shape_of({{"model_type", "mamba"},
                                     {"vocab_size", 1000},
                                     {"hidden_size", 64},
                                     {"num_hidden_layers", 2},
                                     {"state_size", 16},
                                     {"conv_kernel", 4},
                                     {"expand", 2},
                                     {"time_step_rank", "auto"}});
  EXPECT_TRUE(shape.attention.empty());
  // Three earlier steps of the convolution and the state, each of 128 channels, in 2 layers.
  EXPECT_EQ(shape.state_values, 2 * (3 * 128 + 16 * 128u));
  EXPECT_EQ(size_of(shape, "blk.0.ssm_a"), "128 x 16 x 1");
  EXPECT_EQ(size_of(shape, "blk.0.ssm_x.weight"), "36 x 128 x 1");
  EXPECT_EQ(size_of(shape, "blk.0.ffn_norm.weight"), "none");
}

TEST(Config, HybridsHaveBoth) {
  const ModelShape shape = shape_of({{"model_type", "nemotron_h"},
                                     {"vocab_size", 1000},
                                     {"hidden_size", 64},
                                     {"intermediate_size", 128},
                                     {"num_hidden_layers", 3},
                                     {"hybrid_override_pattern", "M-*"},
                                     {"num_attention_heads", 4},
                                     {"num_key_value_heads", 2},
                                     {"head_dim", 16},
                                     {"mamba_num_heads", 8},
                                     {"mamba_head_dim", 16},
                                     {"ssm_state_size", 32},
                                     {"n_groups", 2},
                                     {"conv_kernel", 4}});
  EXPECT_EQ(shape.attention.size(), 1u);
  EXPECT_EQ(shape.attention[0].layers, 1u);
  EXPECT_EQ(shape.state_values, 3 * (128 + 2 * 2 * 32) + 128 * 32u);
  EXPECT_EQ(size_of(shape, "blk.0.ssm_norm.weight"), "2 x 64 x 1");
  EXPECT_EQ(size_of(shape, "blk.1.ffn_up.weight"), "128 x 64 x 1");
  EXPECT_EQ(size_of(shape, "blk.1.ffn_gate.weight"), "none");
  EXPECT_EQ(size_of(shape, "blk.2.attn_v.weight"), "32 x 64 x 1");
}

TEST(Config, EncodersHaveNoCacheAndNoHead) {
  const ModelShape shape = shape_of({{"model_type", "bert"},
                                     {"vocab_size", 1000},
                                     {"hidden_size", 64},
                                     {"intermediate_size", 128},
                                     {"num_hidden_layers", 2},
                                     {"num_attention_heads", 4},
                                     {"max_position_embeddings", 128}});
  EXPECT_EQ(shape.task, Task::encode);
  EXPECT_EQ(shape.attention[0].cached_values, 0u);
  EXPECT_EQ(size_of(shape, "token_types.weight"), "2 x 64 x 1");
  EXPECT_EQ(size_of(shape, "blk.0.attn_output_norm.bias"), "1 x 64 x 1");
  EXPECT_EQ(size_of(shape, "blk.0.layer_output_norm.weight"), "1 x 64 x 1");
  EXPECT_EQ(size_of(shape, "output.weight"), "none");
}

TEST(Config, EncoderDecodersHaveTwoStacks) {
  const ModelShape shape = shape_of({{"model_type", "t5"},
                                     {"vocab_size", 1000},
                                     {"d_model", 64},
                                     {"d_ff", 128},
                                     {"d_kv", 16},
                                     {"num_heads", 4},
                                     {"num_layers", 2},
                                     {"num_decoder_layers", 3},
                                     {"feed_forward_proj", "gated-gelu"},
                                     {"tie_word_embeddings", false}});
  EXPECT_EQ(shape.layers, 3u);
  EXPECT_EQ(shape.encoder_layers, 2u);
  EXPECT_EQ(size_of(shape, "enc.blk.1.ffn_gate.weight"), "128 x 64 x 1");
  EXPECT_EQ(size_of(shape, "dec.blk.2.cross_attn_o.weight"), "64 x 64 x 1");
  EXPECT_EQ(size_of(shape, "enc.blk.0.attn_rel_b.weight"), "32 x 4 x 1");
  EXPECT_EQ(size_of(shape, "enc.blk.1.attn_rel_b.weight"), "none");
  EXPECT_EQ(shape.attention[0].layers, 3u);
}

TEST(Config, VisionTowersAreAPartOfTheirOwn) {
  const json text{{"model_type", "gemma3_text"}, {"vocab_size", 1000},
                  {"hidden_size", 64},           {"head_dim", 16},
                  {"intermediate_size", 128},    {"num_hidden_layers", 2},
                  {"num_attention_heads", 4},    {"num_key_value_heads", 1}};
  const json vision{{"hidden_size", 32},        {"intermediate_size", 96}, {"num_hidden_layers", 3},
                    {"num_attention_heads", 2}, {"image_size", 28},        {"patch_size", 14}};
  const ModelShape shape =
      shape_of({{"model_type", "gemma3"}, {"text_config", text}, {"vision_config", vision}});
  EXPECT_EQ(size_of(shape, "v.patch_embd.weight"), "32 x 588 x 1");
  EXPECT_EQ(size_of(shape, "v.position_embd.weight"), "4 x 32 x 1");
  EXPECT_EQ(size_of(shape, "v.blk.2.ffn_down.bias"), "1 x 32 x 1");
  EXPECT_EQ(size_of(shape, "mm.input_projection.weight"), "64 x 32 x 1");
  EXPECT_EQ(parameters(shape) - parameters(shape_of(text)),
            588 * 32 + 32 + 4 * 32 + 3 * (4 * (32 * 32 + 32) + 2 * 32 * 96 + 96 + 32 + 4 * 32) + 2 * 32 + 32 +
                64 * 32u);
}

/// A configuration that is refused, and the key that the message must name.
struct Refusal {
  const char* name;
  json change;  // what it changes in small_llama
  const char* says;
};

TEST(Config, RefusalsNameTheFileAndTheKey) {
  const std::vector<Refusal> refusals{
      {"unknown type", {{"model_type", "no_such"}}, "no_such"},
      {"no type", {{"model_type", nullptr}}, "model_type"},
      {"type of another type", {{"model_type", 7}}, "model_type"},
      {"no layers", {{"num_hidden_layers", nullptr}}, "num_hidden_layers"},
      {"zero width", {{"hidden_size", 0}}, "hidden_size"},
      {"negative", {{"num_attention_heads", -4}}, "num_attention_heads"},
      {"fraction", {{"num_attention_heads", 4.5}}, "num_attention_heads"},
      {"text for a number", {{"vocab_size", "many"}}, "vocab_size"},
      {"number for a flag", {{"tie_word_embeddings", 1}}, "tie_word_embeddings"},
      {"beyond 64 bits", {{"intermediate_size", 1e30}}, "intermediate_size"},
      {"a million layers", {{"num_hidden_layers", 1000000}}, "num_hidden_layers"},
      {"heads that do not divide", {{"num_key_value_heads", 3}}, "num_key_value_heads"},
      {"a huge head", {{"head_dim", 100000000}}, "head_dim"},
      {"a list for an object", {{"rope_scaling", {1, 2}}}, "rope_scaling"},
      {"huge experts", {{"model_type", "mixtral"}, {"num_local_experts", 1000000}}, "num_experts"},
      {"more active than there are",
       {{"model_type", "mixtral"}, {"num_experts_per_tok", 9}},
       "num_experts_per_tok"},
      {"layer types of another length",
       {{"model_type", "gemma2"}, {"layer_types", {"full_attention"}}},
       "layer_types"},
      {"a pattern of another length",
       {{"model_type", "nemotron_h"}, {"hybrid_override_pattern", "M"}},
       "hybrid_override_pattern"},
  };
  for (const Refusal& refusal : refusals) {
    json config = small_llama();
    config.update(refusal.change);
    const auto shape = shape_of_config(config.dump(), "some/config.json");
    ASSERT_FALSE(shape) << refusal.name;
    EXPECT_NE(shape.error().find("some/config.json"), std::string::npos) << shape.error();
    EXPECT_NE(shape.error().find(refusal.says), std::string::npos) << refusal.name << ": " << shape.error();
  }
}

TEST(Config, AnUnknownTypeSaysHowManyAreKnown) {
  const auto shape = shape_of_config(R"({"model_type": "no_such"})", "x");
  ASSERT_FALSE(shape);
  EXPECT_NE(shape.error().find(std::to_string(known_model_types())), std::string::npos);
  EXPECT_GE(known_model_types(), 60u);
}

TEST(Config, TextThatIsNoConfigurationIsRefused) {
  EXPECT_FALSE(shape_of_config("", "x"));
  EXPECT_FALSE(shape_of_config("[1, 2", "x"));
  EXPECT_FALSE(shape_of_config("[]", "x"));
  EXPECT_FALSE(shape_of_config("\xff\xfe", "x"));
  EXPECT_FALSE(shape_of_config(std::string(100000, '['), "x"));
  std::string nested = "{\"model_type\": \"llama\"";
  for (int i = 0; i < 1000; ++i) nested += ", \"a\": {\"b\": 1";
  EXPECT_FALSE(shape_of_config(nested + std::string(1001, '}'), "x"));
  EXPECT_FALSE(shape_of_config(std::string(5u << 20, ' ') + "{}", "x"));
}

}  // namespace
}  // namespace weighin
