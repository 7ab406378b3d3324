// Names as people use them. The models of the catalogue that are named here are among its first ones. The
// sizes of other models are those that their names state.
#include "models/names/resolve_name.h"

#include <gtest/gtest.h>

#include "models/names/catalogue.h"

namespace weighin {
namespace {

constexpr double billion = 1e9, million = 1e6;

TEST(ResolveName, FindsTheCataloguesModel) {
  for (const auto& [name, model, format] : std::vector<std::array<const char*, 3>>{
           {"Llama-3.2-1B-Instruct-Q4_K_M.gguf", "llama-3.2-1b", "Q4_K_M"},
           {"/data/Llama-3.2-1B-Instruct-GGUF/Q4_K_M.gguf", "llama-3.2-1b", "Q4_K_M"},
           {"C:\\models\\Llama-3.2-3B.f16.gguf", "llama-3.2-3b", "f16"},
           {"https://example.org/a/resolve/main/Meta-Llama-3.1-8B-Instruct-IQ4_XS.gguf?download=true",
            "llama-3.1-8b", "IQ4_XS"},
           {"hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q6_K", "llama-3.2-3b", "q6_K"},
           {"llama3.1:70b-instruct-q4_0", "llama-3.1-70b", "q4_0"},
           {"gemma2:2b", "gemma-2-2b", ""},
           {"Gemma2 2B", "gemma-2-2b", ""},
           {"gemma-2b-it-gpu-int4.bin", "gemma-2b", "INT4"},
           {"google/gemma-7b-it", "gemma-7b", ""},
           {"Llama2-7B", "llama-2-7b", ""},
           {"TheBloke/Llama-2-7B-Chat-GPTQ", "llama-2-7b", "GPTQ"},
           {"tinyllama-1.1b-chat-v1.0.Q8_0.gguf", "tinyllama-1.1b", "q8_0"},
           {"mixtral-8x7b-instruct-v0.1.Q5_K_S.gguf", "mixtral-8x7b", "Q5_K_S"},
           {"Mixtral-8x7B-Instruct-v0.1-GPTQ", "mixtral-8x7b", "GPTQ"},
           {"Kimi-K2-Instruct-UD-Q2_K_XL-00001-of-00008.gguf", "kimi-k2", "UD-Q2_K_XL"},
           {"Qwen2.5-7B-Instruct-GPTQ-Int4", "qwen2.5-7b", "GPTQ-Int4"},
           {"Qwen2.5-0.5B-Instruct-q4f16_1-MLC", "", "q4f16_1"},
           {"meta-llama/Llama-3.2-1B-Instruct/model.safetensors", "llama-3.2-1b", ""},
           {"Phi-4-bf16", "phi-4", "bf16"},
           {"distilbert-base-uncased", "distilbert", ""},
       }) {
    const ResolvedName resolved = resolve_name(name);
    EXPECT_EQ(resolved.model ? resolved.model->name : "", model) << name;
    EXPECT_EQ(resolved.format, format) << name;
    if (resolved.model == nullptr) continue;
    EXPECT_EQ(resolved.params, parameters(*resolved.model)) << name;
    EXPECT_EQ(resolved.active_params, active_parameters(*resolved.model)) << name;
    EXPECT_EQ(resolved.params_basis, ParamsBasis::catalogue) << name;
    EXPECT_EQ(resolved.size_class, size_class_of(parameters(*resolved.model)).name) << name;
  }
}

TEST(ResolveName, ElseTakesTheStatedSize) {
  struct Stated {
    const char* name;
    double params;
    double active;  // 0: the name states none
    const char* format;
  };
  for (const Stated& stated : {
           Stated{"Foo3.5-9B-Claude-4.6-Opus-Reasoning-Distilled-GGUF", 9 * billion, 0, ""},
           Stated{"foo-30B-A3B-Instruct-2507-AWQ-4bit", 30 * billion, 3 * billion, "AWQ-4bit"},
           Stated{"Foo-35B-A3B-GPTQ-Int4", 35 * billion, 3 * billion, "GPTQ-Int4"},
           Stated{"foo4moe 106B.A12B Q4_K_M", 106 * billion, 12 * billion, "Q4_K_M"},
           Stated{"foo3:30b-a3b-q4_K_M", 30 * billion, 3 * billion, "Q4_K_M"},
           Stated{"FooOCR 3B(A570M)", 3 * billion, 570 * million, ""},
           Stated{"FooMoE-1B-7B-0924", 7 * billion, 1 * billion, ""},
           Stated{"Bar-2-Foo-8x7B-DPO-AWQ", 56 * billion, 0, "AWQ"},
           Stated{"foo-8x22b.IQ2_XXS.gguf", 176 * billion, 0, "IQ2_XXS"},
           Stated{"foo-9n-E2B-it", 2 * billion, 0, ""},
           Stated{"foo-270m-it-UD-Q4_K_XL.gguf", 270 * million, 0, "UD-Q4_K_XL"},
           Stated{"foo-560m", 560 * million, 0, ""},
           Stated{"foo:1.8b", 1.8 * billion, 0, ""},
           Stated{"foo-0.6B-8bit", 0.6 * billion, 0, "8bit"},
           Stated{"Llama 3.2 70B", 70 * billion, 0, ""},
           Stated{"Foo2.5-7B-1M", 7 * billion, 0, ""},
           Stated{"foo7b", 7 * billion, 0, ""},
           Stated{"Foo 1T", 1000 * billion, 0, ""},
           Stated{"Foo-27B-NVFP4", 27 * billion, 0, "NVFP4"},
           Stated{"foo-20b-mxfp4.gguf", 20 * billion, 0, "MXFP4"},
           Stated{"Foo-30B-A3B MXFP4 MoE", 30 * billion, 3 * billion, "MXFP4_MOE"},
           Stated{"Foo-30B-A3B-MLX-6Bit", 30 * billion, 3 * billion, "MLX-6Bit"},
           Stated{"Foo-27b-MLX-4bit", 27 * billion, 0, "mlx-4bit"},
           Stated{"Foo-8B-FP8-dynamic", 8 * billion, 0, "FP8"},
           Stated{"Foo-14B-int4-AutoRound", 14 * billion, 0, "INT4"},
           Stated{"Foo 7B EXL2 4.0 bpw", 7 * billion, 0, "EXL2-4.0-bpw"},
           Stated{"foo-8B-4bit-AWQ-Q4_K_M-GGUF", 8 * billion, 0,
                  "Q4_K_M"},  // the GGUF file is what is downloaded
       }) {
    const ResolvedName resolved = resolve_name(stated.name);
    EXPECT_EQ(resolved.model, nullptr) << stated.name;
    ASSERT_TRUE(resolved.params) << stated.name;
    EXPECT_DOUBLE_EQ(static_cast<double>(*resolved.params), stated.params) << stated.name;
    EXPECT_EQ(resolved.active_params.has_value(), stated.active != 0) << stated.name;
    EXPECT_DOUBLE_EQ(static_cast<double>(resolved.active_params.value_or(0)), stated.active) << stated.name;
    EXPECT_EQ(resolved.params_basis, ParamsBasis::name) << stated.name;
    EXPECT_EQ(resolved.format, stated.format) << stated.name;
  }
}

TEST(ResolveName, VersionsAreNoSizesAndNothingIsGuessed) {
  for (const char* name :
       {"Foo2.5", "Foo 4 ?B", "Foo-7.1-Flash", "Foo-XS-2.1", "Foo-Next", "x", "", "/", "Q4_K_M"}) {
    const ResolvedName resolved = resolve_name(name);
    EXPECT_EQ(resolved.model, nullptr) << name;
    EXPECT_FALSE(resolved.params) << name;
    EXPECT_EQ(resolved.params_basis, ParamsBasis::none) << name;
    EXPECT_TRUE(resolved.size_class.empty()) << name;
  }
  const ResolvedName active = resolve_name("foo-moe A13B");
  EXPECT_FALSE(active.params);
  EXPECT_EQ(active.active_params, 13'000'000'000u);
  const ResolvedName share = resolve_name("foo4 17Bx16E");
  EXPECT_FALSE(share.params);
  EXPECT_EQ(share.active_params, 17'000'000'000u);
}

TEST(ResolveName, LongNamesAreCutFromTheFront) {
  std::string long_name(1'000'000, 'a');
  long_name += "/foo-7B";
  EXPECT_EQ(resolve_name(long_name).params, 7'000'000'000u);
  EXPECT_FALSE(resolve_name(std::string(1'000'000, '9')).params);
}

TEST(ResolveName, UndisclosedModelsHaveNoSize) {
  const ResolvedName gemini = resolve_name("Gemini 1.5 Pro");
  ASSERT_NE(gemini.model, nullptr);
  EXPECT_EQ(gemini.model->name, "gemini-1.5-pro");
  EXPECT_FALSE(gemini.params);
  EXPECT_EQ(gemini.params_basis, ParamsBasis::none);
}

TEST(ResolveName, AFineTuneIsNotTheModel) {
  EXPECT_EQ(resolve_name("Qwen2.5-7B-Claude-Distilled").model, nullptr);
  EXPECT_EQ(resolve_name("Llama-3.1-8B-Lexi-Uncensored").model, nullptr);
}

TEST(ResolveName, EveryNameOfTheCatalogueIsItsModel) {
  for (const ModelShape& model : all_models()) {
    if (model.made) continue;
    const ResolvedName resolved = resolve_name(model.name);
    ASSERT_NE(resolved.model, nullptr) << model.name;
    EXPECT_EQ(resolved.model->name, model.name);
  }
}

}  // namespace
}  // namespace weighin
