// The catalogue: the computed size of every model is its published one, and the names that people type are
// found.
#include "models/names/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "models/bytes/file_bytes.h"
#include "models/memory/memory.h"

namespace weighin {
namespace {

TEST(Catalogue, EveryFileParsesAndNamesItsSource) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(WEIGHIN_SOURCE_DIR "/models/catalog")) {
    std::ifstream in(entry.path());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto model = parse_model(entry.path().filename().string(), text);
    ASSERT_TRUE(model) << model.error();
    EXPECT_EQ(model->name + ".json", entry.path().filename().string());
    EXPECT_FALSE(model->source.empty());
    EXPECT_FALSE(model->checked_note.empty()) << model->name;
    if (!model->made) {
      EXPECT_FALSE(model->licence.empty()) << model->name;
      EXPECT_EQ(model->released.size(), std::string_view("2024-02-21").size()) << model->name;
    }
    ++files;
  }
  EXPECT_EQ(all_models().size(), files);
  EXPECT_GE(files, 150u);
}

TEST(Catalogue, ComputedParametersAreThePublishedOnes) {
  for (const ModelShape& model : all_models()) {
    if (model.published_params == 0) continue;
    const double ratio = static_cast<double>(parameters(model)) / static_cast<double>(model.published_params);
    EXPECT_NEAR(ratio, 1, 0.005) << model.name;
  }
}

TEST(Catalogue, PublishedFilesAreAsLargeAsComputed) {
  for (const ModelShape& model : all_models()) {
    for (const PublishedFile& file : model.published_files) {
      const FileFormat* format = find_file_format(file.format);
      ASSERT_NE(format, nullptr) << model.name << " " << file.format;
      const double ratio =
          static_cast<double>(download_bytes(model, *format)) / static_cast<double>(file.bytes);
      EXPECT_NEAR(ratio, 1, 0.005) << model.name << " " << file.format;
    }
  }
}

TEST(Catalogue, CoversEveryArchitecture) {
  std::set<std::string> held;
  for (const ModelShape& model : all_models()) held.insert(model.architecture);
  for (const char* architecture :
       {"llama",      "gemma",         "gemma2", "gemma3", "gemma3n",   "qwen2",   "qwen2moe",
        "qwen3",      "qwen3moe",      "phi2",   "phi3",   "deepseek2", "gpt-oss", "granite",
        "granitemoe", "granitehybrid", "olmo",   "olmo2",  "olmoe",     "smollm3", "falcon",
        "mamba",      "mamba2",        "jamba",  "bert",   "t5"})
    EXPECT_TRUE(held.count(architecture)) << architecture;
  const auto any = [](auto&& of) { return std::any_of(all_models().begin(), all_models().end(), of); };
  EXPECT_TRUE(any([](const ModelShape& m) { return m.shared_layers; }));  // ALBERT
  EXPECT_TRUE(any([](const ModelShape& m) { return !m.vision_tensors.empty(); }));
  EXPECT_TRUE(any([](const ModelShape& m) { return m.undisclosed.empty() && parameters(m) < 1'000'000; }));
  EXPECT_TRUE(any([](const ModelShape& m) { return parameters(m) > 1'000'000'000'000; }));
}

TEST(Catalogue, TeachersAreInIt) {
  size_t distilled = 0;
  for (const ModelShape& model : all_models()) {
    if (model.distilled_from.empty()) continue;
    ++distilled;
    const ModelShape* teacher = find_model(model.distilled_from);
    ASSERT_NE(teacher, nullptr) << model.name << " from " << model.distilled_from;
    EXPECT_EQ(teacher->name, model.distilled_from);
    EXPECT_NE(teacher->name, model.name);
  }
  EXPECT_GE(distilled, 2u);
  EXPECT_EQ(find_model("distilbert")->distilled_from, "bert-base");
}

TEST(Catalogue, MixturesUseFewerParametersThanTheyStore) {
  const ModelShape* mixtral = find_model("mixtral-8x7b");
  ASSERT_NE(mixtral, nullptr);
  // 46.7B parameters, of which 12.9B are active: the figures of the paper (arXiv 2401.04088).
  EXPECT_NEAR(static_cast<double>(parameters(*mixtral)), 46.7e9, 0.05e9);
  EXPECT_NEAR(static_cast<double>(active_parameters(*mixtral)), 12.9e9, 0.05e9);
  const ModelShape* kimi = find_model("kimi-k2");
  ASSERT_NE(kimi, nullptr);
  EXPECT_EQ(size_class_of(parameters(*kimi)).name, "1T");
  EXPECT_NEAR(static_cast<double>(active_parameters(*kimi)), 32.6e9, 0.5e9);  // arXiv 2507.20534
}

TEST(Catalogue, SharedLayersAreStoredOnceAndComputedTwelveTimes) {
  const ModelShape* albert = find_model("albert");
  ASSERT_NE(albert, nullptr);
  uint32_t stored = 0, used = 0;
  for (const Tensor& tensor : albert->tensors) {
    if (tensor.role != TensorRole::attn_q) continue;
    stored += tensor.stored;
    used += tensor.used;
  }
  EXPECT_EQ(stored, 1u);
  EXPECT_EQ(used, 12u);
}

TEST(Catalogue, NamesAreFoundAsPeopleTypeThem) {
  for (const auto& [typed, name] :
       std::vector<std::pair<std::string, std::string>>{{"gemma-2b", "gemma-2b"},
                                                        {"Gemma 2B", "gemma-2b"},
                                                        {"google/gemma-7b", "gemma-7b"},
                                                        {"mistral", "mistral-7b"},
                                                        {"llama3.2:1b", "llama-3.2-1b"},
                                                        {"distilbert-base-uncased", "distilbert"},
                                                        {"TinyLlama", "tinyllama-1.1b"},
                                                        {"Llama_3.2_3B", "llama-3.2-3b"}}) {
    const ModelShape* model = find_model(typed);
    ASSERT_NE(model, nullptr) << typed;
    EXPECT_EQ(model->name, name);
  }
  EXPECT_EQ(find_model("no-such-model"), nullptr);
  EXPECT_EQ(find_model(""), nullptr);
}

TEST(Catalogue, NoTwoModelsShareAName) {
  std::set<std::string> names;
  for (const ModelShape& model : all_models()) {
    EXPECT_TRUE(names.insert(model.name).second) << model.name;
    for (const std::string& alias : model.aliases) {
      const ModelShape* found = find_model(alias);
      ASSERT_NE(found, nullptr) << alias;
      EXPECT_EQ(found->name, model.name) << alias;
    }
  }
}

TEST(Catalogue, UnknownNamesHaveNearOnes) {
  EXPECT_EQ(nearest_models("gema-2b").front(), "gemma-2b");
  EXPECT_EQ(nearest_models("tinylama-1.1b").front(), "tinyllama-1.1b");
  EXPECT_EQ(nearest_models("x", 5).size(), 5u);
}

TEST(Catalogue, UndisclosedModelsSayWhy) {
  for (const char* name : {"gpt-4", "gemini-pro", "gemini-ultra", "gemini-1.5-pro"}) {
    const ModelShape* model = find_model(name);
    ASSERT_NE(model, nullptr) << name;
    EXPECT_FALSE(model->undisclosed.empty());
    EXPECT_TRUE(model->tensors.empty());
  }
}

TEST(Catalogue, ErrorsNameTheFileAndTheField) {
  const auto wrong = parse_model("x.json", R"({"name": "x", "source": "s", "config": {"model_type": "llama",
      "num_hidden_layers": -3}})");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().find("x.json"), std::string::npos);
  EXPECT_NE(wrong.error().find("num_hidden_layers"), std::string::npos);
  EXPECT_FALSE(parse_model("y.json", "[1, 2"));
  const auto missing = parse_model("z.json", R"({"name": "z", "source": "s"})");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("config"), std::string::npos);
  const auto word =
      parse_model("w.json", R"({"name": "w", "source": "s", "undisclosed": "no", "checked": "maybe"})");
  ASSERT_FALSE(word);
  EXPECT_NE(word.error().find("maybe"), std::string::npos);
}

TEST(SizeClasses, LinesAreGeometricMeans) {
  EXPECT_EQ(size_class_of(1).name, "100K");
  EXPECT_EQ(size_class_of(1'414'000'000).name, "1B");
  EXPECT_EQ(size_class_of(1'415'000'000).name, "2B");
  EXPECT_EQ(size_class_of(7'241'732'096).name, "7B");
  EXPECT_EQ(size_class_of(8'537'680'896).name, "7B");
  EXPECT_EQ(size_class_of(UINT64_MAX).name, "10T");
  EXPECT_NE(find_size_class("7b"), nullptr);
  EXPECT_EQ(find_size_class("8B"), nullptr);
}

TEST(SizeClasses, EachHasAReferenceModelOfItsOwnClass) {
  for (const SizeClass& size_class : all_size_classes()) {
    EXPECT_EQ(size_class_of(parameters(reference_model(size_class))).name, size_class.name);
  }
}

}  // namespace
}  // namespace weighin
