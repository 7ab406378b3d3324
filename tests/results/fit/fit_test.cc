// Verdicts: what fits to the byte, which limit is named, and what other programs read.
#include "results/fit/weigh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/fit/verdict_json.h"
#include "results/fit/verdict_text.h"
#include "tests/results/fit/toy_model.h"

namespace weighin {
namespace {

constexpr uint64_t gib = uint64_t{1} << 30;

Capacity roomy() {
  Capacity capacity;
  capacity.device = "toy machine";
  capacity.memory_bytes = capacity.memory_total_bytes = 16 * gib;
  capacity.memory_kind = LimitKind::ram;
  capacity.storage_free_bytes = 100 * gib;
  return capacity;
}

Verdict toy_verdict(const Capacity& capacity, Question question = {}, double slower = 1) {
  if (!question.format) question.format = FileFormatId::f16;
  question.engine = reference_engine;  // sums by hand
  return weigh_model(toy::model(), question, measured_profile(capacity, toy::measurements(slower)));
}

TEST(Fit, MemoryDecidesToTheByte) {
  Capacity capacity = roomy();
  const uint64_t peak = toy_verdict(capacity).needs.memory.needed_bytes();
  capacity.memory_bytes = capacity.memory_total_bytes = peak;
  EXPECT_EQ(toy_verdict(capacity).fits, true);
  capacity.memory_bytes = capacity.memory_total_bytes = peak - 1;
  const Verdict v = toy_verdict(capacity);
  EXPECT_EQ(v.fits, false);
  EXPECT_EQ(v.judgement.answer, Answer::does_not_fit);
  EXPECT_EQ(v.limit.kind, LimitKind::ram);
  EXPECT_TRUE(v.prediction.decode_tps) << "speeds are filled in even when it does not fit";
}

TEST(Fit, StorageBindsToTheByte) {
  Capacity capacity = roomy();
  const uint64_t download = toy_verdict(capacity).needs.download_bytes;
  capacity.storage_free_bytes = download;
  EXPECT_EQ(toy_verdict(capacity).fits, true);
  capacity.storage_free_bytes = download - 1;
  EXPECT_EQ(toy_verdict(capacity).fits, false);
  EXPECT_EQ(toy_verdict(capacity).limit.kind, LimitKind::storage);
}

TEST(Fit, SaysWhatFreeingWouldDo) {
  Capacity capacity = roomy();
  capacity.memory_bytes = 1 << 20;
  EXPECT_NE(toy_verdict(capacity).limit.text.find("fits after freeing"), std::string::npos);
  EXPECT_EQ(toy_verdict(capacity).fits, false);
  capacity.memory_total_bytes = 1 << 20;
  EXPECT_EQ(toy_verdict(capacity).limit.text.find("freeing"), std::string::npos);
}

TEST(Fit, UnknownMemoryIsNoAnswer) {
  Capacity capacity = roomy();
  capacity.memory_bytes = 0;
  capacity.memory_kind = LimitKind::unknown;
  const Verdict v = toy_verdict(capacity);
  EXPECT_FALSE(v.fits.has_value());
  EXPECT_EQ(v.judgement.answer, Answer::unknown);
}

TEST(Fit, NamesSpeedWhenSpeedDecides) {
  const Verdict v = toy_verdict(roomy(), {}, 100);
  EXPECT_EQ(v.judgement.answer, Answer::slow);
  EXPECT_EQ(v.limit.kind, LimitKind::speed);
  EXPECT_EQ(toy_verdict(roomy()).limit.kind, LimitKind::none);
}

TEST(Fit, ContextsAreDefaultedAndCapped) {
  EXPECT_EQ(toy_verdict(roomy()).needs.context, 4096u);
  Question very_long;
  very_long.context = 100000;
  const Verdict v = toy_verdict(roomy(), very_long);
  EXPECT_EQ(v.needs.context, 8192u);
  ASSERT_FALSE(v.warnings.empty());
}

TEST(Fit, UndisclosedModelsAreUnknownWithTheReason) {
  ModelShape secret;
  secret.name = "secret";
  secret.undisclosed = "its makers never said";
  const Verdict v = weigh_model(secret, {}, measured_profile(roomy(), toy::measurements()));
  EXPECT_EQ(v.judgement.answer, Answer::unknown);
  EXPECT_FALSE(v.fits.has_value());
  EXPECT_NE(v.limit.text.find("never said"), std::string::npos);
}

TEST(Fit, StoredDevicesKeepAReserve) {
  Device device;
  device.label = "pi";
  device.memory_bytes = 8 * gib;
  const Capacity capacity = stored_capacity(device);
  EXPECT_FALSE(capacity.now);
  EXPECT_NEAR(static_cast<double>(capacity.memory_bytes), (8 - 1.8) * gib, 1000);
  device.memory_limit = "cgroup";
  device.memory_limit_bytes = 2 * gib;
  EXPECT_EQ(stored_capacity(device).memory_bytes, 2 * gib);
  EXPECT_EQ(stored_capacity(device).memory_kind, LimitKind::cgroup);
}

TEST(Fit, JsonHasEveryFieldAndNullWhereMeaningless) {
  const std::vector<Verdict> verdicts = {toy_verdict(roomy())};
  const auto json =
      nlohmann::json::parse(verdicts_json(verdicts, roomy(), {}, "by hand"));  // by default of llama.cpp
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["engine"], "llama.cpp");
  EXPECT_EQ(json["context"], 4096);
  EXPECT_EQ(json["prompt"], 512);
  EXPECT_EQ(json["accuracy"], "by hand");
  const auto& v = json["verdicts"][0];
  for (const char* key : {"model", "size_class", "params", "active_params", "format", "task", "fits",
                          "verdict", "borderline", "limit", "bytes", "download_bytes", "decode_tps",
                          "prefill_tps", "encode_ms", "ttft_s", "load_s", "max_context", "basis", "warnings",
                          // beside what the stable part holds
                          "encode_ms_range", "ttft_s_range", "context", "prompt", "runtime_bytes",
                          "largest_buffer_bytes", "engine", "efficiency", "efficiency_source", "placement",
                          "gpu_layers", "cpu_bytes", "gpu_bytes", "other_placements"})
    EXPECT_TRUE(v.contains(key)) << key;
  EXPECT_EQ(v.size(), 34u);
  EXPECT_EQ(v["engine"], "reference");
  EXPECT_EQ(v["efficiency"], "none");
  EXPECT_TRUE(v["ttft_s"].is_number());
  EXPECT_LT(v["ttft_s_range"]["low"], v["ttft_s"]);
  EXPECT_TRUE(v["encode_ms"].is_null());
  EXPECT_TRUE(v["load_s"].is_null());
  EXPECT_TRUE(v["bytes"]["peak"].is_number_integer());
  EXPECT_TRUE(v["limit"]["needed"].is_number_integer());
  EXPECT_NEAR(v["decode_tps"]["mid"].get<double>(), toy_verdict(roomy()).prediction.decode_tps->mid, 0.1);
}

TEST(Fit, CsvHasOneRowAVerdictAndAsManyCellsAsTitles) {
  const Verdict v = toy_verdict(roomy());
  const std::string csv = verdicts_csv(std::vector<Verdict>{v, v});
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_NE(csv.find("decode_tps_low,decode_tps_mid,decode_tps_high"), std::string::npos);
  EXPECT_NE(csv.find("\"needs "), std::string::npos) << "commas are quoted";
}

TEST(Fit, TextStatesItsAssumptionsAndFitsTheTerminal) {
  Question question;
  question.engine = reference_engine;
  const std::string text =
      verdicts_text(std::vector<Verdict>{toy_verdict(roomy())}, roomy(), question, "", true, 100);
  for (const char* word : {"Context 4096", "prompt 512", "answer 256", "no engine that runs models",
                           "engine: reference", "quality", "GiB", "[measurement 1]"})
    EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 100u) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST(Fit, LlamacppIsAnsweredForUnlessAnotherEngineIsAsked) {
  Question question;
  question.format = FileFormatId::f16;
  const Verdict v = weigh_model(toy::model(), question, measured_profile(roomy(), toy::measurements()));
  EXPECT_EQ(v.prediction.engine, "llama.cpp");
  EXPECT_EQ(v.prediction.efficiency,
            EfficiencyBasis::stand_in);  // the toy's kernels are of no instruction set
  EXPECT_NE(v.prediction.decode_tps->mid, toy_verdict(roomy()).prediction.decode_tps->mid);
  const std::string text =
      verdicts_text(std::vector<Verdict>{v}, roomy(), question, "on three of four", true, 200);
  for (const char* word : {"engine: llama.cpp", "node-llama-cpp", "(llama.cpp)",
                           "Accuracy: on three of four.", " x 1.", "[measurement 1]"})
    EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
}

}  // namespace
}  // namespace weighin
