// weighin shrink from outside: what fits first, what it costs, and the bytes behind both.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "kernels/problem/steps.h"
#include "models/bytes/file_bytes.h"
#include "models/memory/memory.h"
#include "models/names/catalogue.h"
#include "results/store/store.h"
#include "tests/folder.h"
#include "tests/harness/bench_device.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

using nlohmann::json;

ShellOutcome shrink_command(const std::string& arguments, bool with_errors = false) {
  return shell("'" WEIGHIN_BINARY "' shrink " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null"));
}

json shrink_answer(const std::string& arguments, int exit_code) {
  SCOPED_TRACE(arguments);
  return answer(shrink_command(arguments + " --json"), exit_code);
}

const json* option(const json& answer, const std::string& technique, const std::string& what) {
  for (const json& each : answer["options"])
    if (each["technique"] == technique && each["what"] == what) return &each;
  return nullptr;
}

TEST(ShrinkCommand, QuantizesLlama3IntoTenGibibytes) {
  const json answer = shrink_answer("llama-3-8b --target-bytes 10GiB", 0);
  EXPECT_EQ(answer["as_it_is"]["fits"], false);
  EXPECT_NE(answer["as_it_is"]["fits_text"].get<std::string>().find("target"), std::string::npos);
  EXPECT_EQ(answer["any_fits"], true);
  EXPECT_TRUE(answer["nearest"].is_null());
  const json* q4 = option(answer, "quantization", "Q4_K_M");
  ASSERT_NE(q4, nullptr);
  EXPECT_EQ((*q4)["fits"], true);
  EXPECT_NEAR((*q4)["loss_percent"].get<double>(), 2.816, 0.01);
  EXPECT_EQ((*q4)["quality"][0]["measured_on"], "llama-3-8b");
  EXPECT_EQ((*q4)["speed"]["basis"], "bytes");
  EXPECT_GT((*q4)["speed"]["gain"], 2.5);
  const ModelShape& model = *find_model("llama-3-8b");
  const FileFormat& format = file_format_of(FileFormatId::q4_K_M);
  EXPECT_EQ((*q4)["download_bytes"], download_bytes(model, format));
  EXPECT_EQ((*q4)["memory_bytes"], memory_use(model, format, 4096).needed_bytes());
  EXPECT_EQ((*q4)["memory_saved_bytes"].get<int64_t>() + (*q4)["memory_bytes"].get<int64_t>(),
            answer["as_it_is"]["memory_bytes"].get<int64_t>());
}

TEST(ShrinkCommand, CountsWhatMustBeInMemoryAtOnceAsFitDoes) {
  // With the repacked copy beside the mapped file's pages it would be resident in more than 6 GiB.
  const json shrunk = shrink_answer("llama-3-8b --target-bytes 6GiB", 0);
  const json* q4 = option(shrunk, "quantization", "Q4_K_M");
  ASSERT_NE(q4, nullptr);
  EXPECT_EQ((*q4)["fits"], true);
  EXPECT_EQ((*option(shrunk, "quantization", "Q5_K_M"))["fits"], true);
  const json fit = answer("fit llama-3-8b --format Q4_K_M --device 'RTX 4090' --json");
  EXPECT_EQ((*q4)["memory_bytes"], fit["verdicts"][0]["bytes"]["needed"]);
}

TEST(ShrinkCommand, RanksTheLeastLossFirst) {
  const json answer = shrink_answer("llama-3.1-8b --target-bytes 6GiB", 0);
  bool past_fitting = false, combined = false;
  double last = -1;
  for (const json& each : answer["options"]) {
    const bool fits = each["fits"] == true;
    EXPECT_FALSE(past_fitting && fits) << each["what"];
    past_fitting |= !fits;
    if (fits) {
      EXPECT_LE(each["memory_bytes"], answer["memory"]["usable_bytes"]);
    }
    if (fits && each["loss_percent"].is_number()) {
      EXPECT_GE(each["loss_percent"].get<double>(), last) << each["what"];
      last = each["loss_percent"];
    }
    combined |= each["technique"] == "distillation + quantization";
  }
  EXPECT_TRUE(combined);  // Minitron 4B, 9 GB in 16 bits
  EXPECT_NE(option(answer, "distillation", "llama-3.2-1b"), nullptr);
  EXPECT_EQ(answer["lora"]["makes_it_fit"], false);
}

TEST(ShrinkCommand, NamesTheNearestWhereNothingFits) {
  const json answer = shrink_answer("llama-3.1-405b --target-bytes 100MB", 1);
  EXPECT_EQ(answer["any_fits"], false);
  ASSERT_TRUE(answer["nearest"].is_object());
  for (const json& each : answer["options"])
    EXPECT_LE(answer["nearest"]["memory_bytes"], each["memory_bytes"]) << each["what"];
  const ShellOutcome text = shrink_command("llama-3.1-405b --target-bytes 100MB");
  EXPECT_NE(text.output.find("nothing makes it fit; nearest:"), std::string::npos) << text.output;
}

TEST(ShrinkCommand, SaysWhatIsNotKnownAndWhatLoraIsFor) {
  const ShellOutcome answer = shrink_command("bert-base --target-bytes 200MB");
  EXPECT_EQ(answer.exit_code, 0);
  for (const char* said :
       {"distilbert", "quality cost unknown", "LoRA does not make it fit", "QLoRA", "RECALLED"})
    EXPECT_NE(answer.output.find(said), std::string::npos) << said << '\n' << answer.output;
}

TEST(ShrinkCommand, MistakesAreNamed) {
  const ShellOutcome unknown = shrink_command("no-such-model --target-bytes 1GB", true);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.output.find("nearest"), std::string::npos) << unknown.output;
  EXPECT_EQ(shrink_command("gpt-4 --target-bytes 1GB").exit_code, 2);
  EXPECT_EQ(shrink_command("bert-base --target-bytes much").exit_code, 2);
  EXPECT_EQ(shrink_command("bert-base --format Q9 --target-bytes 1GB").exit_code, 2);
  EXPECT_EQ(shrink_command("bert-base --target-bytes 1GB --device x").exit_code, 2);
  EXPECT_EQ(shrink_command("bert-base --device x --db /nonexistent.db").exit_code, 2);
}

// A device whose every problem of distilbert in f16 and q8_0 was measured at a stated rate.
TEST(ShrinkCommand, SpeedIsMeasuredWhereItsKernelsWere) {
  const Folder folder;
  const std::string database = folder.path() / "weighin.db";
  {
    auto store = Store::open(database, Access::write);
    ASSERT_TRUE(store) << store.error();
    const int64_t run = begin_bench_run(*store);
    for (const FileFormatId format : {FileFormatId::f16, FileFormatId::q8_0})
      for (const ProblemUse& use : decode_step(*find_model("gemma-2b"), file_format_of(format), 640)) {
        Measurement m = bench_measurement(run);
        m.kernel = "cpu." + std::string(op_name(use.problem.op));
        m.problem = use.problem;
        m.seconds = 1e-5 + cost_of(use.problem).bytes() / 20e9;
        m.samples = {m.seconds};
        const auto stored = store->record(m);
        ASSERT_TRUE(stored) << stored.error();
      }
  }
  const json answer = shrink_answer("gemma-2b --device bench --db " + database, 0);
  const json* q8 = option(answer, "quantization", "q8_0");
  const json* q4 = option(answer, "quantization", "Q4_K_M");
  ASSERT_TRUE(q8 && q4);
  EXPECT_EQ((*q8)["speed"]["basis"], "measured");
  EXPECT_TRUE((*q8)["speed"]["decode_tps"].is_object());
  EXPECT_GT((*q8)["speed"]["gain"], 1.0);
  EXPECT_EQ((*q4)["speed"]["basis"], "bytes");
}

}  // namespace
}  // namespace weighin
