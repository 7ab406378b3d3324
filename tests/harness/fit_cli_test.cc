// weighin fit from outside: exit codes, messages and JSON over a store made here.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "models/catalogue.h"
#include "results/store.h"

namespace weighin {
namespace {

struct Outcome {
  int exit_code = -1;
  std::string output;
};

/// Runs `weighin fit ARGS`, standard error with standard output or discarded.
Outcome fit_command(const std::string& arguments, bool with_errors = true) {
  const std::string command =
      std::string(WEIGHIN_BINARY) + " fit " + arguments + (with_errors ? " 2>&1" : " 2>/dev/null");
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return outcome;
  std::array<char, 4096> part{};
  while (const size_t count = fread(part.data(), 1, part.size(), pipe))
    outcome.output.append(part.data(), count);
  const int status = pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

/// A device of 8 GiB whose every problem of gemma-2b in q4_0 was measured; none of it on the machine of the
/// test.
class FitCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("weighin-fit-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    database_ = folder_ / "weighin.db";
    auto store = Store::open(database_.string(), Access::write);
    ASSERT_TRUE(store) << store.error();
    Device device;
    device.id = "00112233445566aa";
    device.label = "bench";
    device.memory_bytes = uint64_t{8} << 30;
    device.storage_free_bytes = uint64_t{100} << 30;
    device.probed_at = "2026-01-01T00:00:00Z";
    device.facts_json = "{}";
    ASSERT_TRUE(store->put_device(device));
    device.id = "ffeeddccbbaa9988";
    device.label = "bare";
    ASSERT_TRUE(store->put_device(device));
    weighin::Run run;  // testing::Test has a Run of its own
    run.device = "00112233445566aa";
    run.started_at = "2026-01-01T00:00:00Z";
    const auto id = store->begin_run(run);
    ASSERT_TRUE(id) << id.error();
    const ModelShape* model = find_model("gemma-2b");
    ASSERT_NE(model, nullptr);
    for (const auto& step :
         {decode_step(*model, FormatId::q4_0, 640), prefill_step(*model, FormatId::q4_0, 512)})
      for (const ProblemUse& use : step) record(*store, *id, use.problem);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static void record(Store& store, int64_t run, const Problem& problem) {
    Measurement m;
    m.run = run;
    m.device = "00112233445566aa";
    m.kernel = "cpu." + std::string(op_name(problem.op));
    m.problem = problem;
    m.seconds = 1e-5 + cost_of(problem).bytes() / 20e9 + cost_of(problem).operations / 500e9;
    m.samples = {m.seconds};
    m.status = Status::measured;
    const auto stored = store.record(m);
    ASSERT_TRUE(stored) << stored.error();
  }

  std::string on(const std::string& device) const {
    return " --device " + device + " --db " + database_.string();
  }

  std::filesystem::path folder_, database_;
};

TEST_F(FitCommand, AnswersYesWithStableJson) {
  const Outcome answer = fit_command("gemma-2b --format q4_0 --json" + on("bench"), false);
  EXPECT_EQ(answer.exit_code, 0) << answer.output;
  const auto json = nlohmann::json::parse(answer.output, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << answer.output;
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["device"], "bench");
  ASSERT_EQ(json["verdicts"].size(), 1u);
  EXPECT_EQ(json["verdicts"][0]["model"], "gemma-2b");
  EXPECT_EQ(json["verdicts"][0]["fits"], true);
  EXPECT_GT(json["verdicts"][0]["decode_tps"]["mid"].get<double>(), 0);
}

TEST_F(FitCommand, AnswersNoWhenANamedModelDoesNotFitOrIsUnknown) {
  EXPECT_EQ(fit_command("llama-3.1-405b" + on("bench")).exit_code, 1);
  EXPECT_EQ(fit_command("gemma-2b llama-3.1-405b --format q4_0" + on("bench")).exit_code, 1);
  const Outcome secret = fit_command("gpt-4 --json" + on("bench"), false);
  EXPECT_EQ(secret.exit_code, 1);
  EXPECT_NE(secret.output.find("\"unknown\""), std::string::npos);
}

TEST_F(FitCommand, NamesTheNearestModelsAndTheFormats) {
  const Outcome model = fit_command("gema-2b" + on("bench"));
  EXPECT_EQ(model.exit_code, 2);
  EXPECT_NE(model.output.find("gemma-2b"), std::string::npos) << model.output;
  const Outcome format = fit_command("gemma-2b --format q9" + on("bench"));
  EXPECT_EQ(format.exit_code, 2);
  EXPECT_NE(format.output.find("q4_0"), std::string::npos) << format.output;
}

TEST_F(FitCommand, AsksForARunWhereNothingWasMeasured) {
  for (const std::string& where : {on("bare"), " --db " + (folder_ / "none.db").string()}) {
    const Outcome answer = fit_command("gemma-2b" + where);
    EXPECT_EQ(answer.exit_code, 2) << answer.output;
    EXPECT_NE(answer.output.find("weighin run"), std::string::npos) << answer.output;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.db"));
}

TEST_F(FitCommand, AllFormatsGiveOneVerdictEach) {
  const Outcome answer = fit_command("gemma-2b --format all --json" + on("bench"), false);
  EXPECT_EQ(nlohmann::json::parse(answer.output)["verdicts"].size(), all_formats().size());
}

TEST(FitHelp, ShowsTheVerdictTable) {
  const Outcome help = fit_command("--help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.output.find("MLPerf"), std::string::npos);
}

}  // namespace
}  // namespace weighin
