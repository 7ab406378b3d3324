// Making models smaller: shapes and bytes of every technique, and the sources of published figures.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "models/bytes/weights_bytes.h"
#include "models/format/file_format.h"
#include "models/memory/memory.h"
#include "models/names/catalogue.h"
#include "models/shrink/distillation_options.h"
#include "models/shrink/lora.h"
#include "models/shrink/pruning.h"
#include "models/shrink/quality.h"
#include "models/shrink/quantization_options.h"
#include "models/shrink/sharing.h"
#include "models/shrink/sparsity.h"
#include "models/shrink/sparsity_options.h"
#include "models/shrink/technique.h"
#include "models/shrink/techniques.h"

namespace weighin {
namespace {

const FileFormat& f16() {
  return file_format_of(FileFormatId::f16);
}

const ModelShape& model(const char* name) {
  const ModelShape* found = find_model(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

// A shape that is built again is the same shape, so pruning and sharing change nothing else.
TEST(Shrink, RebuildingChangesNothing) {
  for (const ModelShape& before : all_models()) {
    if (!before.undisclosed.empty()) continue;
    ModelShape after = before;
    rebuild(after);
    ASSERT_EQ(after.tensors.size(), before.tensors.size()) << before.name;
    EXPECT_EQ(parameters(after), parameters(before)) << before.name;
    EXPECT_EQ(after.state_values, before.state_values) << before.name;
    EXPECT_EQ(after.attention.size(), before.attention.size()) << before.name;
    EXPECT_EQ(weights_bytes(after, f16()), weights_bytes(before, f16())) << before.name;
  }
}

// arXiv 2408.11796: Llama 3.1 8B pruned in width is Llama 3.1 Minitron 4B, whose shape in the catalogue is
// from its own configuration.
TEST(Shrink, PruningInWidthGivesMinitron) {
  const auto pruned = prune(model("llama-3.1-8b"), {.ffn_width = 9216.0 / 14336, .width = 0.75});
  ASSERT_TRUE(pruned) << pruned.error();
  const ModelShape& minitron = model("llama-3.1-minitron-4b");
  EXPECT_EQ(pruned->width, minitron.width);
  EXPECT_EQ(pruned->ffn_width, minitron.ffn_width);
  EXPECT_EQ(parameters(*pruned), parameters(minitron));
  EXPECT_EQ(memory_use(*pruned, f16(), 4096).needed_bytes(),
            memory_use(minitron, f16(), 4096).needed_bytes());
}

// The same report: with 16 of its 32 layers the model has 4.5 billion parameters.
TEST(Shrink, PruningInDepthTakesWeightsAndCache) {
  const ModelShape& whole = model("llama-3.1-8b");
  const auto half = prune(whole, {.layers = 0.5});
  ASSERT_TRUE(half) << half.error();
  EXPECT_EQ(half->layers, 16u);
  EXPECT_EQ(half->per_layer.size(), 16u);
  EXPECT_NEAR(static_cast<double>(parameters(*half)) / 1e9, 4.5, 0.05);
  EXPECT_EQ(2 * memory_use(*half, f16(), 4096).kv_bytes, memory_use(whole, f16(), 4096).kv_bytes);
}

// LLM-Pruner's README: LLaMA 7B without a quarter of heads and feed-forward in layers 4 to 29 has 5.4
// billion.
TEST(Shrink, PruningHeadsAndFeedForwardGivesLlmPruners) {
  const auto pruned =
      prune(model("llama-7b"), {.heads = 0.75, .ffn_width = 0.75, .keep_first = 4, .keep_last = 2});
  ASSERT_TRUE(pruned) << pruned.error();
  EXPECT_NEAR(static_cast<double>(parameters(*pruned)) / 1e9, 5.4, 0.05);
  EXPECT_EQ(pruned->per_layer[0].heads, 32u);
  EXPECT_EQ(pruned->per_layer[4].heads, 24u);
  EXPECT_EQ(pruned->per_layer[31].heads, 32u);
}

TEST(Shrink, HeadsGoInWholeGroups) {
  for (const char* name : {"llama-3.1-8b", "gemma-2b", "qwen2.5-7b", "gpt2"}) {
    const auto pruned = prune(model(name), {.heads = 0.75});
    ASSERT_TRUE(pruned) << pruned.error();
    for (const Layer& layer : pruned->per_layer) {
      ASSERT_GT(layer.kv_heads, 0u) << name;
      EXPECT_EQ(layer.heads % layer.kv_heads, 0u) << name;
    }
    EXPECT_LT(parameters(*pruned), parameters(model(name))) << name;
  }
}

TEST(Shrink, WhatCannotBePrunedSaysWhy) {
  for (const char* name : {"t5-small", "albert-base-v2", "mobilebert", "gpt-4"}) {
    const auto pruned = prune(model(name), {.layers = 0.5});
    ASSERT_FALSE(pruned) << name;
    EXPECT_NE(pruned.error().find("cannot be pruned"), std::string::npos) << pruned.error();
  }
  EXPECT_FALSE(prune(model("mamba-130m"), {.heads = 0.75}));
  EXPECT_TRUE(prune(model("mamba-130m"), {.layers = 0.75}));
}

// A matrix of 1024 x 4096: the kept values, then their places.
TEST(Shrink, SparseBytesByHand) {
  constexpr uint64_t rows = 1024, cols = 4096, values = rows * cols;
  const auto bytes = [](SparseKind kind, FormatId format) {
    return sparse_bytes({kind, 0.5}, format, rows, cols);
  };
  EXPECT_EQ(bytes(SparseKind::none, FormatId::f16), 2 * values);
  EXPECT_EQ(bytes(SparseKind::two_of_four, FormatId::f16), values + values / 8);  // 9/16
  EXPECT_EQ(bytes(SparseKind::bitmap, FormatId::f16), values + values / 8);
  EXPECT_EQ(bytes(SparseKind::csr, FormatId::f16), values + values + rows * 4);
  // Of 4.5 bits per value 2.25 are kept. The bitmap adds 1 bit. A column number takes four times the bits of
  // the value.
  EXPECT_EQ(bytes(SparseKind::two_of_four, FormatId::q4_0), values * 9 / 32 + values / 8);
  EXPECT_GT(bytes(SparseKind::csr, FormatId::q4_0), bytes(SparseKind::none, FormatId::q4_0));
  // There are more columns than 16 bits can number.
  EXPECT_EQ(sparse_bytes({SparseKind::csr, 0.5}, FormatId::f16, 2, 131072), 131072u * 2 + 131072u * 4 + 8);
}

TEST(Shrink, SparsityLeavesEmbeddingsAndSaysWhenItSavesNothing) {
  const ModelShape& whole = model("llama-3.2-1b");
  const uint64_t dense = weights_bytes(whole, f16());
  const uint64_t sparse = sparse_weights_bytes(whole, f16(), {SparseKind::two_of_four, 0.5});
  const uint64_t embedding = 2 * uint64_t{whole.vocab} * whole.width;
  EXPECT_NEAR(static_cast<double>(sparse - embedding), 9.0 / 16 * static_cast<double>(dense - embedding),
              2e6);
  bool told = false;
  for (const SmallerModel& option : sparsity_options(whole, f16())) {
    const bool saves = sparse_weights_bytes(whole, f16(), option.sparsity) < dense;
    EXPECT_EQ(option.note.find("saves nothing") == std::string::npos, saves) << option.what;
    told |= !saves;
  }
  EXPECT_TRUE(told);  // CSR, with 16 bits for each value and 16 for its column
}

// Weights that are stored once are still read for every layer.
TEST(Shrink, SharedLayersShrinkBytesAndNotWork) {
  const ModelShape& bert = model("bert-base");
  const auto shared = share_layers(bert);
  ASSERT_TRUE(shared) << shared.error();
  EXPECT_LT(weights_bytes(*shared, f16()), weights_bytes(bert, f16()) / 3);
  EXPECT_EQ(bytes_read_per_token(*shared, f16(), {}, 0), bytes_read_per_token(bert, f16(), {}, 0));
  const auto llama = share_layers(model("llama-3.2-1b"));
  ASSERT_TRUE(llama) << llama.error();
  EXPECT_EQ(memory_use(*llama, f16(), 4096).kv_bytes,
            memory_use(model("llama-3.2-1b"), f16(), 4096).kv_bytes);
  EXPECT_FALSE(share_layers(model("albert-base-v2")));
  EXPECT_FALSE(share_layers(model("gpt-4")));
}

TEST(Shrink, EmbeddingsAreTiedOnlyWhereTheyAreNot) {
  const ModelShape& llama = model("llama-3-8b");
  const auto tied = tie_embeddings(llama);
  ASSERT_TRUE(tied) << tied.error();
  EXPECT_EQ(parameters(llama) - parameters(*tied), uint64_t{llama.vocab} * llama.width);
  EXPECT_FALSE(tie_embeddings(model("llama-3.2-1b")));
  EXPECT_FALSE(tie_embeddings(model("gemma-2b")));
}

TEST(Shrink, StudentsAndRelativesAreToldApart) {
  std::set<std::string> students, relatives;
  for (const SmallerModel& option : distillation_options(model("bert-base"), f16()))
    students.insert(option.what);
  for (const SmallerModel& option : relative_options(model("bert-base"), f16()))
    relatives.insert(option.what);
  EXPECT_TRUE(students.contains("distilbert"));
  EXPECT_TRUE(students.contains("tinybert-4l"));
  EXPECT_FALSE(relatives.empty());
  for (const std::string& student : students) EXPECT_FALSE(relatives.contains(student)) << student;
  EXPECT_TRUE(distillation_options(model("distilbert"), f16()).empty());
  // Models with the same architecture are not one family.
  for (const SmallerModel& option : relative_options(model("llama-3.1-8b"), f16()))
    EXPECT_TRUE(option.what.starts_with("llama-")) << option.what;
}

TEST(Shrink, EveryOptionOfAQuantizationIsSmaller) {
  for (const char* name : {"llama-3-8b", "distilbert", "qwen3-30b-a3b", "mamba-130m"}) {
    const ModelShape& whole = model(name);
    const auto options = quantization_options(whole, f16());
    EXPECT_GT(options.size(), 20u) << name;
    for (const SmallerModel& option : options)
      EXPECT_LT(weights_bytes(whole, file_format_of(option.format)), weights_bytes(whole, f16()))
          << option.what;
    EXPECT_LT(quantization_options(whole, file_format_of(FileFormatId::q4_0)).size(), options.size()) << name;
  }
}

// Table 4 of LoRA (arXiv 2106.09685): with adapters on queries and values GPT-3 175B has 4.7 million trained
// parameters at rank 1 and 37.7 million at rank 8. Training needs no optimizer state for the other
// parameters.
TEST(Shrink, LoraOfGpt3) {
  ModelShape gpt3;
  gpt3.name = "gpt-3";
  gpt3.layers = 96;
  gpt3.width = 12288;
  gpt3.vocab = 50257;
  gpt3.heads = gpt3.kv_heads = 96;
  gpt3.head_dim = gpt3.value_dim = 128;
  gpt3.ffn_width = 4 * 12288;
  gpt3.activation = Activation::gelu;
  gpt3.tied = true;
  gpt3.positions = gpt3.max_context = 2048;
  rebuild(gpt3);
  EXPECT_NEAR(static_cast<double>(parameters(gpt3)) / 1e9, 175, 1);
  EXPECT_EQ(lora_cost(gpt3, 1, LoraTarget::query_value).adapter_params, 4'718'592u);
  const LoraCost cost = lora_cost(gpt3, 8, LoraTarget::query_value);
  EXPECT_EQ(cost.adapter_params, 37'748'736u);
  EXPECT_EQ(cost.adapter_bytes, 2 * cost.adapter_params);
  EXPECT_EQ(cost.full_training_bytes, 16 * parameters(gpt3));
  EXPECT_EQ(cost.lora_training_bytes, 2 * parameters(gpt3) + 16 * cost.adapter_params);
  EXPECT_LT(cost.qlora_training_bytes, cost.lora_training_bytes / 3);
  EXPECT_GT(cost.extra_work, 0);
  EXPECT_LT(cost.extra_work, 0.01);
}

// QLoRA (arXiv 2305.14314): a 65B model is trained within 48 GB, which its weights in 16 bits alone would
// exceed.
TEST(Shrink, QloraOf65BFitsItsGpu) {
  const LoraCost cost = lora_cost(model("llama-65b"), 64, LoraTarget::all_linear);
  EXPECT_LT(cost.qlora_training_bytes, 48'000'000'000u);
  EXPECT_GT(cost.lora_training_bytes, 130'000'000'000u);
  EXPECT_GT(cost.full_training_bytes, 780'000'000'000u);
}

TEST(Shrink, FiguresHaveSourcesAndNameWhatThereIs) {
  std::set<std::string_view> techniques;
  for (const Technique& technique : all_techniques()) techniques.insert(technique.name);
  for (const Quality& row : all_quality()) {
    EXPECT_TRUE(techniques.contains(row.technique)) << row.technique;
    EXPECT_FALSE(row.source.empty()) << row.what;
    EXPECT_NE(find_model(row.model), nullptr) << row.model;
    if (row.technique == "quantization") {
      ASSERT_NE(find_file_format(row.what), nullptr) << row.what;
      EXPECT_EQ(find_file_format(row.what)->name, row.what);
    }
    if (row.technique == "distillation") {
      ASSERT_NE(find_model(row.what), nullptr) << row.what;
      EXPECT_EQ(find_model(row.what)->distilled_from, row.model) << row.what;
    }
    EXPECT_GT(loss_percent(row), -1) << row.what;
  }
}

// llama.cpp#6936 prints these ratios beside its table: 1.0282 and 1.5648.
TEST(Shrink, FiguresOfLlama3) {
  const Quality* q4 = find_quality("quantization", "Q4_K_M", model("llama-3-8b"));
  const Quality* q2 = find_quality("quantization", "Q2_K", model("llama-3-8b"));
  ASSERT_TRUE(q4 && q2);
  EXPECT_NEAR(loss_percent(*q4), 2.8160, 0.005);
  EXPECT_NEAR(loss_percent(*q2), 56.485, 0.01);
  EXPECT_NEAR(loss_percent(*find_quality("quantization", "Q4_K_M", model("llama-2-7b"))), 1.4242, 1e-9);
  // The figure is that of another model, Llama 3 8B, and says so.
  EXPECT_EQ(find_quality("quantization", "Q4_K_M", model("gemma-2b"))->model, "llama-3-8b");
  EXPECT_EQ(find_quality("quantization", "NVFP4", model("llama-3-8b")), nullptr);
  // What sharing costs in an encoder says nothing about a chat model.
  EXPECT_NE(find_quality("sharing", "layers", model("bert-large")), nullptr);
  EXPECT_EQ(find_quality("sharing", "layers", model("llama-3-8b")), nullptr);
}

TEST(Sharing, IsOfLayersThatAreAlike) {
  const auto alike = share_layers(model("llama-3.2-1b"));
  ASSERT_TRUE(alike) << alike.error();
  EXPECT_LT(parameters(*alike), parameters(model("llama-3.2-1b")) / 2);
  // The first layers of DeepSeek V3 are dense, the others mixtures.
  const auto unlike = share_layers(model("deepseek-v3"));
  ASSERT_FALSE(unlike);
  EXPECT_NE(unlike.error().find("not alike"), std::string::npos) << unlike.error();
}

}  // namespace
}  // namespace weighin
