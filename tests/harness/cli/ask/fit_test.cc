// weighin fit from outside: exit codes, messages and JSON over a store made here.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "kernels/problem/steps.h"
#include "models/names/catalogue.h"
#include "results/store/store.h"
#include "tests/folder.h"
#include "tests/harness/bench_device.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

/// Runs `weighin fit ARGS`, standard error with standard output or discarded.
ShellOutcome fit_command(const std::string& arguments, bool with_errors = true) {
  return shell("'" WEIGHIN_BINARY "' fit " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null"));
}

/// A device of 8 GiB whose every problem of gemma-2b in q4_0 was measured; none of it on the machine of the
/// test.
class FitCommand : public testing::Test {
 protected:
  void SetUp() override {
    auto store = Store::open(database_.string(), Access::write);
    ASSERT_TRUE(store) << store.error();
    Device bare = bench_device(uint64_t{100} << 30);
    bare.id = "ffeeddccbbaa9988";
    bare.label = "bare";
    ASSERT_TRUE(store->put_device(bare));
    const int64_t id = begin_bench_run(*store, uint64_t{100} << 30);
    const ModelShape* model = find_model("gemma-2b");
    ASSERT_NE(model, nullptr);
    for (const auto& step : {decode_step(*model, file_format_of(FileFormatId::q4_0), 640),
                             prefill_step(*model, file_format_of(FileFormatId::q4_0), 512)})
      for (const ProblemUse& use : step) record(*store, id, use.problem);
  }

  static void record(Store& store, int64_t run, const Problem& problem) {
    Measurement m = bench_measurement(run);
    m.kernel = "cpu." + std::string(op_name(problem.op));
    m.problem = problem;
    m.seconds = 1e-5 + cost_of(problem).bytes() / 20e9 + cost_of(problem).operations / 500e9;
    m.samples = {m.seconds};
    const auto stored = store.record(m);
    ASSERT_TRUE(stored) << stored.error();
  }

  std::string on(const std::string& device) const {
    return " --device " + device + " --db " + shell_word(database_.string());
  }

  Folder folder_;
  std::filesystem::path database_ = folder_.path() / "weighin.db";
};

TEST_F(FitCommand, AnswersYesWithStableJson) {
  const auto json = answer(fit_command("gemma-2b --format q4_0 --json" + on("bench"), false));
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["device"], "bench");
  ASSERT_EQ(json["verdicts"].size(), 1u);
  EXPECT_EQ(json["verdicts"][0]["model"], "gemma-2b");
  EXPECT_EQ(json["verdicts"][0]["fits"], true);
  EXPECT_GT(json["verdicts"][0]["decode_tps"]["mid"].get<double>(), 0);
}

TEST_F(FitCommand, AQ8CacheTakesHalfTheMemoryAndIsPricedAsF16UntilMeasured) {
  const auto verdict = [&](const std::string& cache) {
    const auto json = answer(fit_command("gemma-2b --format q4_0 --json --kv " + cache + on("bench"), false));
    EXPECT_EQ(json["kv"], cache);
    return json["verdicts"][0];
  };
  const auto f16 = verdict("f16"), q8_0 = verdict("q8_0");
  EXPECT_EQ(q8_0["bytes"]["kv"].get<uint64_t>() * 32, f16["bytes"]["kv"].get<uint64_t>() * 17);
  EXPECT_EQ(q8_0["decode_tps"]["mid"], f16["decode_tps"]["mid"]);
  EXPECT_EQ(fit_command("gemma-2b --kv q9_9" + on("bench")).exit_code, 2);
}

// Each key of the stable schema, with its type: what programs that read it rely on.
TEST_F(FitCommand, JsonKeepsItsSchema) {
  using Type = nlohmann::json::value_t;
  const auto expect_types = [](const nlohmann::json& object,
                               const std::vector<std::pair<const char*, Type>>& keys) {
    for (const auto& [key, type] : keys) {
      ASSERT_TRUE(object.contains(key)) << key;
      EXPECT_EQ(object[key].type(), type) << key << ": " << object[key];
    }
  };
  const Type text = Type::string, whole = Type::number_unsigned, real = Type::number_float;
  const auto json = answer(fit_command("gemma-2b --format q4_0 --json" + on("bench"), false));
  expect_types(json, {{"schema_version", whole},
                      {"device", text},
                      {"engine", text},
                      {"context", whole},
                      {"prompt", whole},
                      {"kv", text},
                      {"verdicts", Type::array}});
  EXPECT_EQ(json["engine"], "llama.cpp");
  const auto& v = json["verdicts"][0];
  expect_types(v, {{"model", text},
                   {"size_class", text},
                   {"params", whole},
                   {"active_params", whole},
                   {"format", text},
                   {"task", text},
                   {"fits", Type::boolean},
                   {"verdict", text},
                   {"borderline", Type::boolean},
                   {"limit", Type::object},
                   {"bytes", Type::object},
                   {"download_bytes", whole},
                   {"decode_tps", Type::object},
                   {"prefill_tps", Type::object},
                   {"encode_ms", Type::null},
                   {"ttft_s", real},
                   {"load_s", Type::null},
                   {"max_context", whole},
                   {"basis", text},
                   {"warnings", Type::array}});
  expect_types(v["limit"], {{"kind", text}, {"text", text}});
  EXPECT_TRUE(v["limit"]["needed"].is_number());
  EXPECT_TRUE(v["limit"]["usable"].is_number());
  expect_types(
      v["bytes"],
      {{"weights", whole}, {"kv", whole}, {"workspace", whole}, {"runtime", whole}, {"peak", whole}});
  for (const char* speed : {"decode_tps", "prefill_tps"}) {
    expect_types(v[speed], {{"low", real}, {"mid", real}, {"high", real}});
    EXPECT_LT(v[speed]["low"], v[speed]["mid"]);
    EXPECT_LT(v[speed]["mid"], v[speed]["high"]);
  }
  uint64_t parts = 0;
  for (const char* part : {"weights", "kv", "workspace", "runtime"})
    parts += v["bytes"][part].get<uint64_t>();
  EXPECT_EQ(v["bytes"]["peak"], parts);

  const auto secret = answer(fit_command("gpt-4 --json" + on("bench"), false), 1)["verdicts"][0];
  for (const char* key : {"size_class", "params", "format", "fits", "download_bytes", "decode_tps", "ttft_s"})
    EXPECT_TRUE(secret[key].is_null()) << key;
  EXPECT_EQ(secret["verdict"], "unknown");
}

TEST_F(FitCommand, TextSaysWhatItAssumes) {
  const ShellOutcome one = fit_command("gemma-2b --format q4_0" + on("bench"));
  for (const char* words : {"Context 4096", "prompt 512", "answer 256", "engine: llama.cpp", "its efficiency",
                            "the largest that fits is 8192", "KV cache", "quality"})
    EXPECT_NE(one.output.find(words), std::string::npos) << words << "\n" << one.output;
  const ShellOutcome all = fit_command("--all" + on("bench"));
  EXPECT_NE(all.output.find("GiB available"), std::string::npos) << all.output;
  EXPECT_NE(all.output.find("weighin fit MODEL"), std::string::npos) << all.output;
}

TEST_F(FitCommand, WithoutAModelOneLineASizeClassFitsOnAScreen) {
  const ShellOutcome some = fit_command(on("bench"));
  EXPECT_LE(std::count(some.output.begin(), some.output.end(), '\n'), 48) << some.output;
  for (const char* words : {"MODEL TO TRY", "ENCODER", "What binds", "What would help", "weighin fit --all"})
    EXPECT_NE(some.output.find(words), std::string::npos) << words << "\n" << some.output;
  const ShellOutcome all = fit_command("--all" + on("bench"));
  EXPECT_GT(std::count(all.output.begin(), all.output.end(), '\n'), 250);
}

TEST_F(FitCommand, AnotherEngineGivesAnotherSpeedAndSaysWhose) {
  const auto speed = [&](const std::string& engine) {
    const auto json =
        answer(fit_command("gemma-2b --format q4_0 --json --engine " + engine + on("bench"), false));
    EXPECT_EQ(json["engine"], engine);
    EXPECT_EQ(json["verdicts"][0]["engine"], engine);
    return json["verdicts"][0]["prefill_tps"]["mid"].get<double>();
  };
  EXPECT_GT(speed("reference"), speed("llama.cpp"));
  EXPECT_EQ(fit_command("gemma-2b --engine ollama" + on("bench")).exit_code, 2);
  const ShellOutcome explained = fit_command("gemma-2b --format q4_0 --explain" + on("bench"));
  EXPECT_NE(explained.output.find("(llama.cpp)"), std::string::npos) << explained.output;
}

TEST_F(FitCommand, RefusesNumbersThatAreNone) {
  for (const char* wrong : {"--context 0", "--context -1", "--context 5000000000", "--prompt x",
                            "--answer 1.5", "--min-tps nan", "--min-tps 0", "--json --csv"}) {
    const ShellOutcome answer = fit_command(std::string("gemma-2b ") + wrong + on("bench"));
    EXPECT_EQ(answer.exit_code, 2) << wrong << ": " << answer.output;
    EXPECT_LT(answer.output.size(), 200u) << answer.output;
  }
}

TEST_F(FitCommand, AFullDiskOrNoHomeIsAnError) {
  EXPECT_EQ(fit_command("--json" + on("bench") + " >/dev/full", false).exit_code, 2);
  FILE* pipe = popen("env -u HOME -u XDG_DATA_HOME '" WEIGHIN_BINARY "' fit 2>&1", "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 400> text{};
  EXPECT_GT(fread(text.data(), 1, text.size() - 1, pipe), 0u);
  EXPECT_EQ(WEXITSTATUS(pclose(pipe)), 2);
  EXPECT_NE(std::string(text.data()).find("--db"), std::string::npos) << text.data();
}

TEST_F(FitCommand, AnswersNoWhenANamedModelDoesNotFitOrIsUnknown) {
  EXPECT_EQ(fit_command("llama-3.1-405b" + on("bench")).exit_code, 1);
  EXPECT_EQ(fit_command("gemma-2b llama-3.1-405b --format q4_0" + on("bench")).exit_code, 1);
  const ShellOutcome secret = fit_command("gpt-4 --json" + on("bench"), false);
  EXPECT_EQ(secret.exit_code, 1);
  EXPECT_NE(secret.output.find("\"unknown\""), std::string::npos);
}

TEST_F(FitCommand, NamesTheNearestModelsAndTheFormats) {
  const ShellOutcome model = fit_command("gema-2b" + on("bench"));
  EXPECT_EQ(model.exit_code, 2);
  EXPECT_NE(model.output.find("gemma-2b"), std::string::npos) << model.output;
  const ShellOutcome format = fit_command("gemma-2b --format q9" + on("bench"));
  EXPECT_EQ(format.exit_code, 2);
  EXPECT_NE(format.output.find("q4_0"), std::string::npos) << format.output;
}

TEST_F(FitCommand, AnswersWhereNothingWasMeasuredAndNamesTheRun) {
  for (const std::string& where : {on("bare"), " --db '" + (folder_.path() / "none.db").string() + "'"}) {
    const ShellOutcome answer = fit_command("gemma-2b --format q4_0" + where);
    // The processor may be in the catalogue, and then its speed is predicted: 0. Else the verdict is
    // unknown: 1.
    EXPECT_LE(answer.exit_code, 1) << answer.output;
    for (const char* words : {"weighin run", "1.7 GiB", "1.6 GB"})
      EXPECT_NE(answer.output.find(words), std::string::npos) << words << "\n" << answer.output;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "none.db"));
}

TEST_F(FitCommand, AllFormatsGiveOneVerdictEach) {
  const auto json = answer(fit_command("gemma-2b --format all --json" + on("bench"), false));
  EXPECT_EQ(json["verdicts"].size(), kernel_file_formats().size());
}

// A device with a card whose every problem was measured, beside a software rasterizer.
TEST_F(FitCommand, PlacesLayersOnAMeasuredGpu) {
  constexpr const char* card = "0123456789abcdef";
  const auto only_cpu = answer(fit_command("gemma-2b --format q4_0 --json" + on("bench"), false));
  EXPECT_EQ(only_cpu["verdicts"][0]["placement"], "cpu");
  const ShellOutcome none = fit_command("gemma-2b --placement gpu" + on("bench"));
  EXPECT_EQ(none.exit_code, 2) << none.output;
  EXPECT_NE(none.output.find("weighin probe"), std::string::npos) << none.output;
  {
    auto store = Store::open(database_.string(), Access::write);
    ASSERT_TRUE(store) << store.error();
    Device device = bench_device(uint64_t{100} << 30);
    VulkanDevice gpu, software;
    gpu.id = card;
    gpu.name = "Card";
    gpu.memory_total_bytes = known(uint64_t{8} << 30, "a test");
    software.id = "5555555555555555";
    software.name = "llvmpipe";
    software.software = software.unified = true;
    device.gpus = std::vector{gpu, software};
    ASSERT_TRUE(store->put_device(device));
  }
  const ShellOutcome unmeasured = fit_command("gemma-2b --format q4_0" + on("bench"));
  EXPECT_NE(unmeasured.output.find("Card (8 GiB) was not measured: `weighin run` measures it"),
            std::string::npos)
      << unmeasured.output;
  EXPECT_EQ(unmeasured.output.find("llvmpipe"), std::string::npos) << unmeasured.output;
  {
    auto store = Store::open(database_.string(), Access::write);
    const std::vector<Measurement> of_cpu = store->measurements(bench_id).value();
    for (const Measurement& m : of_cpu) {
      Measurement on_gpu = m;
      on_gpu.backend = "vulkan";
      on_gpu.gpu = card;
      on_gpu.threads = 1;
      on_gpu.seconds = m.seconds / 10;
      ASSERT_TRUE(store->record(on_gpu));
    }
  }
  const auto json = answer(fit_command("gemma-2b --format q4_0 --json" + on("bench"), false));
  const auto& verdict = json["verdicts"][0];
  EXPECT_EQ(verdict["placement"], "gpu Card");
  EXPECT_GT(verdict["decode_tps"]["mid"], only_cpu["verdicts"][0]["decode_tps"]["mid"]);
  EXPECT_EQ(verdict["efficiency"], "not measured on this GPU");
  EXPECT_EQ(json["gpus"].size(), 1u);
  const auto cpu = answer(fit_command("gemma-2b --format q4_0 --placement cpu --json" + on("bench"), false));
  EXPECT_EQ(cpu["verdicts"][0]["decode_tps"], only_cpu["verdicts"][0]["decode_tps"]);
  const auto split =
      answer(fit_command("gemma-2b --format q4_0 --placement split --json" + on("bench"), false));
  EXPECT_NE(split["verdicts"][0]["placement"].get<std::string>().find("+ cpu"), std::string::npos);
  EXPECT_EQ(fit_command("gemma-2b --placement npu" + on("bench")).exit_code, 2);
}

TEST(FitHelp, ShowsTheVerdictTable) {
  const ShellOutcome help = fit_command("--help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.output.find("MLPerf"), std::string::npos);
}

}  // namespace
}  // namespace weighin
