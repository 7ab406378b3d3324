// Predictions from specs: rows as people publish them, the directions that physics gives, and the error
// table.
#include "results/spec/prediction.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "results/accuracy/accuracy_text.h"
#include "results/accuracy/predicted_csv.h"
#include "results/accuracy/published.h"
#include "results/spec/constants.h"

namespace weighin {
namespace {

constexpr const char* header =
    "device,chip_class,mem_bandwidth_gbs,mem_gib,backend,engine,model,params_b,quant,model_bytes,ctx_or_"
    "depth,"
    "pp_tokens,tg_tokens,date,tg_tps,pp_tps,mem_gib_used\n";

PublishedTable table_of(const std::string& rows) {
  auto table = PublishedTable::read(header + rows, "rows.csv");
  EXPECT_TRUE(table) << (table ? "" : table.error());
  return std::move(*table);
}

SpecFeatures features_of(const std::string& row) {
  const PublishedTable table = table_of(row + "\n");
  SpecReader reader;
  const auto features = reader.read(table.rows().front());
  EXPECT_TRUE(features) << row << ": " << (features ? "" : features.error());
  return features ? *features : SpecFeatures{};
}

SpecPrediction predicted(const std::string& row) {
  return predict_from_specs(features_of(row));
}

std::string gpu_row(const std::string& bandwidth, const std::string& model, const std::string& quant,
                    int depth, int prompt = 512) {
  return "RTX 4090,nvidia," + bandwidth + ",24,CUDA,llama.cpp b5000," + model + ",," + quant + ",," +
         std::to_string(depth) + "," + std::to_string(prompt) + ",128,2025-06,,,";
}

TEST(SpecPrediction, MoreBandwidthDecodesFasterAndLessThanInProportion) {
  const double slow = predicted(gpu_row("500", "llama-3.1-8b", "Q4_K_M", 0)).decode_tps.mid;
  const double fast = predicted(gpu_row("1000", "llama-3.1-8b", "Q4_K_M", 0)).decode_tps.mid;
  EXPECT_GT(fast, slow * 1.2);
  EXPECT_LT(fast, slow * 2) << "small operations take the time they take";
}

/// Decode of Llama 3.1 8B on `cards` RTX 4090.
double decode_on(const std::string& engine, int cards) {
  const auto table = PublishedTable::read(
      fmt::format("device,engine,model,quant,n_devices\nRTX 4090,{},llama-3.1-8b,f16,{}\n", engine, cards),
      "rows.csv");
  SpecReader reader;
  const auto features = reader.read(table->rows().front());
  EXPECT_TRUE(features) << (features ? "" : features.error());
  return predict_from_specs(*features).decode_tps.mid;
}

TEST(SpecPrediction, LlamaCppTakesTheLayersOfSeveralGpusInTurn) {
  EXPECT_LT(decode_on("llama.cpp", 2), 1.1 * decode_on("llama.cpp", 1));
  EXPECT_GT(decode_on("vllm", 2), 1.3 * decode_on("vllm", 1)) << "each has half of every matrix";
}

TEST(SpecPrediction, WhatIsAssumedOfADeviceWidensTheInterval) {
  SpecFeatures features = features_of(gpu_row("1008", "llama-3.1-8b", "Q4_K_M", 0));
  const Interval known = predict_from_specs(features).decode_tps;
  features.device.peak = 0;
  const Interval assumed = predict_from_specs(features).decode_tps;
  EXPECT_GT(assumed.high / assumed.mid, 1.01 * known.high / known.mid);
  EXPECT_LT(assumed.low / assumed.mid, 0.99 * known.low / known.mid);
}

TEST(SpecPrediction, DepthSlowsDecodeAndPrefill) {
  const SpecPrediction shallow = predicted(gpu_row("1008", "llama-3.1-8b", "Q4_K_M", 0));
  const SpecPrediction deep = predicted(gpu_row("1008", "llama-3.1-8b", "Q4_K_M", 32768));
  EXPECT_LT(deep.decode_tps.mid, shallow.decode_tps.mid);
  EXPECT_LT(deep.prefill_tps.mid, shallow.prefill_tps.mid);
  EXPECT_GT(deep.memory_gib, shallow.memory_gib + 3.9) << "32768 tokens of Llama 3.1 8B are 4 GiB in f16";
}

TEST(SpecPrediction, ExpertsAreReadOnlyWhereTheyAreActive) {
  const SpecFeatures sparse = features_of(gpu_row("1008", "Qwen3-30B-A3B", "Q4_K_M", 0));
  EXPECT_LT(sparse.work.read_bytes, sparse.work.weights_bytes / 5);
  EXPECT_GT(predict_from_specs(sparse).decode_tps.mid,
            2 * predicted(gpu_row("1008", "Qwen3-32B", "Q4_K_M", 0)).decode_tps.mid);
}

TEST(SpecPrediction, WhatDoesNotFitACardIsSlow) {
  const SpecFeatures features = features_of(gpu_row("1008", "llama-3.3-70b", "Q4_K_M", 0));
  EXPECT_GT(features.outside, 0.4);
  EXPECT_LT(predict_from_specs(features).decode_tps.mid, 8);
}

// Volta's matrix units multiply halves, and its integers are slower than they.
TEST(SpecDevice, PeakIsOfTheUnitsThatAreFaster) {
  const SpecFeatures volta =
      features_of("Tesla V100 SXM2,nvidia,,,CUDA,llama.cpp,llama-2-7b,,Q4_0,,0,512,128,,,,");
  EXPECT_DOUBLE_EQ(volta.device.peak, 62.5e12);
  EXPECT_DOUBLE_EQ(volta.device.vector_peak, 15.7e12);
  EXPECT_TRUE(volta.device.early_matrix);
  EXPECT_FALSE(features_of(gpu_row("1008", "llama-3.1-8b", "Q4_K_M", 0)).device.early_matrix);
}

TEST(SpecPrediction, QuantizedPrefillOnTensorCoresCameInSummer2024) {
  const auto gain = [](const std::string& quant) {
    const std::string row = "RTX 4090,nvidia,,,CUDA,llama.cpp,llama-3.1-8b,," + quant + ",,0,512,128,";
    return predicted(row + "2024-12,,,").prefill_tps.mid / predicted(row + "2024-03,,,").prefill_tps.mid;
  };
  EXPECT_GT(gain("Q4_K_M"), 1.15 * gain("F16"));
}

TEST(SpecPrediction, EnginesOfBeforeMetal4PassByMatrixUnits) {
  const std::string row = "Apple M5 Max,apple,,,Metal,llama.cpp,llama-3.1-8b,,Q4_K_M,,0,512,128,";
  EXPECT_GT(predicted(row + "2026-01,,,").prefill_tps.mid,
            1.8 * predicted(row + "2025-05,,,").prefill_tps.mid);
}

// Its table is of means over long answers, by an engine of spring 2025, whatever the day of the copy.
TEST(SpecFeatures, LocalScoreStatesNoTokens) {
  const SpecFeatures score =
      features_of("RTX 4090,nvidia,,,CUDA,llamafile,llama-3.1-8b,,Q4_K_M,,,,,2026-04,,,");
  EXPECT_GT(score.decode_depth, 1500);
  EXPECT_LT(score.year, 2025.5);
  const SpecFeatures own =
      features_of("RTX 4090,nvidia,,,CUDA,llamafile,llama-3.1-8b,,Q4_K_M,,0,512,128,2026-04,,,");
  EXPECT_LT(own.decode_depth, 100);
}

TEST(SpecPrediction, IntervalsHoldTheirMiddle) {
  for (size_t i = 0; i < spec_classes; ++i) {
    const SpreadConstants& spread = spread_constants(static_cast<SpecClass>(i));
    EXPECT_LT(spread.decode_low, 1) << i;
    EXPECT_GT(spread.decode_high, 1) << i;
    EXPECT_LT(spread.prefill_low, 1) << i;
    EXPECT_GT(spread.prefill_high, 1) << i;
    EXPECT_GT(decode_constants(static_cast<SpecClass>(i)).efficiency, 0.05) << i;
    EXPECT_LT(decode_constants(static_cast<SpecClass>(i)).efficiency, 1.2) << i;
  }
  const SpecPrediction known = predicted(gpu_row("1008", "llama-3.1-8b", "Q4_K_M", 0));
  const SpecPrediction assumed = predicted(gpu_row("1008", "llama-3.1-8b", "", 0));
  EXPECT_GT(assumed.decode_tps.high / assumed.decode_tps.mid, known.decode_tps.high / known.decode_tps.mid);
}

/// The catalogue model that a row's name stands for.
std::string shape_name(const std::string& row) {
  const ModelShape* shape = features_of(row).work.shape;
  return shape ? shape->name : "";
}

TEST(SpecModel, ReadsNamesAsPublished) {
  // llama-bench calls Mistral Small 24B "llama 13B".
  EXPECT_EQ(shape_name("RTX 4090,nvidia,1008,24,,,llama 13B,23.57,Q4_K_M,,0,512,128,,,,"),
            "mistral-small-24b");
  EXPECT_EQ(shape_name("RTX 4090,nvidia,1008,24,,,godot-gemma-4-e4b-it-GGUF,8,Q8_0,,,,,,,,"), "gemma-4-e4b");
  EXPECT_EQ(shape_name("RTX 4090,nvidia,1008,24,,,qwen35moe 35B.A3B,35.51,Q8_0,,,,,,,,"), "qwen3.5-35b-a3b");
  const SpecFeatures stated =
      features_of("RTX 4090,nvidia,1008,24,,,llama-3.1-8b,8.03,Q4_K_M,5000000000,,,,,,,");
  EXPECT_NEAR(stated.work.weights_bytes, 5e9, 1e6);
}

TEST(QuantName, SaysBits) {
  EXPECT_EQ(quant_of_name("GGUF UD-Q4_K_XL")->format->name, "Q4_K_M");
  EXPECT_EQ(quant_of_name("IQ2_XXS - 2.0625 bpw")->format->name, "IQ2_XXS");
  EXPECT_DOUBLE_EQ(quant_of_name("EXL2 4.0 bpw")->bits, 4.0);
  EXPECT_DOUBLE_EQ(quant_of_name("MLX 4bit")->bits, 4.5);
  EXPECT_EQ(quant_of_name("w8a8")->kind, QuantKind::bits8);
  EXPECT_DOUBLE_EQ(quant_of_name("wNa8o8")->bits, 4.05);
  EXPECT_EQ(quant_of_name("NVFP4 nvfp4")->kind, QuantKind::fp4);
  EXPECT_FALSE(quant_of_name("something"));
}

TEST(PublishedTable, AnyOrderQuotesAndBlanks) {
  const auto table = PublishedTable::read(
      "quant,\"model\",mem_bandwidth_gbs,device\r\n\"Q4_K_M\",\"llama-3.1-8b\",1008,\"a card, "
      "\"\"mine\"\"\"\r\n,,,\r\n",
      "rows.csv");
  ASSERT_TRUE(table) << table.error();
  ASSERT_EQ(table->rows().size(), 2u);
  EXPECT_EQ(table->rows()[0].device, "a card, \"mine\"");
  EXPECT_EQ(table->rows()[0].mem_bandwidth_gbs, 1008);
  EXPECT_TRUE(table->rows()[1].model.empty());
}

TEST(PublishedTable, NumbersThatCannotBeTrueAreAnErrorOfTheRow) {
  for (const char* count : {"1e308", "1e16", "1e300"}) {
    const auto table = PublishedTable::read(
        fmt::format("device,model,params_b,quant\nRTX 4090,foo,{},q4_0\n", count), "rows.csv");
    ASSERT_TRUE(table);
    EXPECT_NE(predicted_csv(*table).find("too large to be true"), std::string::npos) << count;
  }
  const auto table = PublishedTable::read("device,model,params_b,quant\nRTX 4090,foo,1e6,q4_0\n", "rows.csv");
  ASSERT_TRUE(table);
  EXPECT_NE(predicted_csv(*table).find("more than any model has"), std::string::npos);
}

TEST(PublishedTable, SaysWhatIsWrong) {
  EXPECT_NE(PublishedTable::read("", "rows.csv").error().find("empty"), std::string::npos);
  EXPECT_NE(PublishedTable::read("device,quant\n", "rows.csv").error().find("model"), std::string::npos);
  EXPECT_NE(PublishedTable::read("model,model\n", "rows.csv").error().find("two columns"), std::string::npos);
  EXPECT_NE(PublishedTable::read_file("/nowhere/rows.csv").error().find("cannot be opened"),
            std::string::npos);
  const auto header_only = PublishedTable::read("model,quant\n", "rows.csv");
  ASSERT_TRUE(header_only);
  EXPECT_EQ(predicted_csv(*header_only).find('\n'), predicted_csv(*header_only).size() - 1);
  const auto bad = PublishedTable::read("model,mem_bandwidth_gbs\nllama-3.1-8b,fast\n", "rows.csv");
  ASSERT_TRUE(bad);
  EXPECT_NE(predicted_csv(*bad).find("0,,,,,,,,,\"mem_bandwidth_gbs: \"\"fast\"\" is no number"),
            std::string::npos)
      << predicted_csv(*bad);
}

TEST(PredictedCsv, ARowThatCannotBeAnsweredSaysWhy) {
  const PublishedTable table =
      table_of(",,,,,,a thing,,,,,,,,,,\nRTX 4090,nvidia,,,,,llama-3.1-8b,,Q4_K_M,,,,,,,,\n");
  const std::string csv = predicted_csv(table);
  EXPECT_NE(csv.find("\n0,,,,,,,,,"), std::string::npos) << csv;
  EXPECT_NE(csv.find("\n1,1"), std::string::npos) << csv;
}

// Each device counts once, and what is not answered is a miss.
TEST(Accuracy, WeighsByDevice) {
  const double truth = predicted(gpu_row("1008", "llama-3.1-8b", "Q4_K_M", 0)).decode_tps.mid;
  const std::string right =
      "RTX 4090,nvidia,1008,24,CUDA,llama.cpp b5000,llama-3.1-8b,,Q4_K_M,,0,512,128,2025-06," +
      std::to_string(truth) + ",,\n";
  const std::string unknown = "a thing,nvidia,,,,,llama-3.1-8b,,Q4_K_M,,,,,,10,,\n";
  const auto lines = accuracy_of_rows(table_of(right + right + right + unknown));
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0].quantity, Quantity::decode);
  EXPECT_EQ(lines[0].rows, 4u);
  EXPECT_EQ(lines[0].units, 2u);
  EXPECT_EQ(lines[0].unanswered, 1u);
  EXPECT_DOUBLE_EQ(lines[0].within_30, 0.5);
  EXPECT_DOUBLE_EQ(lines[0].covered, 1.0);
  EXPECT_NEAR(lines[0].bias, 1.0, 1e-4);
  const auto json = nlohmann::json::parse(accuracy_json(lines), nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["accuracy"][0]["within_30_percent"], 0.5);
}

}  // namespace
}  // namespace weighin
