// weighin verify from outside, with engines that are small shell scripts: what is stored, and each way to
// fail.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "harness/engines/engines.h"
#include "results/store/store.h"
#include "tests/folder.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

constexpr const char* good_json = R"([
 {"build_commit": "abc123", "build_number": 7, "backends": "CPU", "gpu_info": "", "cpu_variant": "made-up",
  "model_size": 1000, "n_threads": 1, "use_mmap": false, "peak_resident_bytes": 123456789,
  "n_prompt": 512, "n_gen": 0, "n_depth": 0, "avg_ts": 90.0, "stddev_ts": 1.0, "samples_ts": [80.0, 90.0, 100.0]},
 {"n_threads": 1, "n_prompt": 0, "n_gen": 32, "n_depth": 0, "avg_ts": 20.0, "samples_ts": [19.0, 20.0, 21.0]}
])";

/// Ended, whether or not its new parent has looked yet: a zombie runs no more.
bool gone(pid_t pid) {
  for (int i = 0; i < 100; ++i) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text{std::istreambuf_iterator<char>(stat), {}};
    const size_t name_end = text.rfind(')');
    if (name_end == std::string::npos || text.substr(name_end).starts_with(") Z")) return true;
    usleep(20000);
  }
  return false;
}

class VerifyCommand : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_.path() / "tmp"); }

  /// An engine that is a shell script; returns its command, quoted as one word after --engine.
  std::string engine(const std::string& script) const {
    std::string file = folder_.write("engine", "#!/bin/sh\n" + script + "\n");
    chmod(file.c_str(), 0755);
    return shell_word(shell_word(file));
  }
  std::string good_engine(const std::string& first = ":") const {
    return engine(first + "\ncat " + shell_word(folder_.write("bench.json", good_json)));
  }
  ShellOutcome verify(const std::string& arguments, const std::string& before = "") const {
    return shell(before + " TMPDIR=" + shell_word((folder_.path() / "tmp").string()) +
                 " '" WEIGHIN_BINARY "' verify " + arguments + " --no-measure --db " +
                 shell_word(database()) + " 2>&1");
  }
  std::string database() const { return (folder_.path() / "w.db").string(); }
  bool left_nothing() const { return fs::is_empty(folder_.path() / "tmp"); }
  void expect_failure(const ShellOutcome& outcome, const std::string& words, int code = 2) const {
    EXPECT_EQ(outcome.exit_code, code) << outcome.output;
    EXPECT_NE(outcome.output.find(words), std::string::npos) << outcome.output;
    EXPECT_TRUE(left_nothing());
    if (!fs::exists(database())) return;
    auto store = Store::open(database(), Access::read);
    ASSERT_TRUE(store) << store.error();
    const auto devices = store->devices().value();
    for (const Device& device : devices) EXPECT_TRUE(store->verifications(device.id).value().empty());
  }

  Folder folder_;
};

TEST_F(VerifyCommand, StoresWhatTheEngineSaidAndRemovesTheModel) {
  const std::string keep = "printf '%s ' \"$@\" > " + shell_word((folder_.path() / "arguments").string()) +
                           "\nhead -c 4 \"$2\" > " + shell_word((folder_.path() / "magic").string());
  const ShellOutcome outcome = verify("smollm2-135m --format q4_0 --threads 1 --engine " + good_engine(keep));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  for (const char* words : {"llama.cpp", "abc123", "CPU kernels made-up", "20", "90", "117.7"})
    EXPECT_NE(outcome.output.find(words), std::string::npos) << words << "\n" << outcome.output;
  EXPECT_TRUE(left_nothing());
  std::string magic, arguments;
  std::getline(std::ifstream(folder_.path() / "magic"), magic);
  std::getline(std::ifstream(folder_.path() / "arguments"), arguments);
  EXPECT_EQ(magic, "GGUF");
  EXPECT_NE(arguments.find("-p 512 -n 32 -d 0 -t 1 -r 3 -o json"), std::string::npos) << arguments;

  auto store = Store::open(database(), Access::read);
  ASSERT_TRUE(store) << store.error();
  const auto devices = store->devices().value();
  ASSERT_EQ(devices.size(), 1u);
  const auto stored = store->verifications(devices[0].id).value();
  ASSERT_EQ(stored.size(), 1u);
  const Verification& v = stored[0];
  EXPECT_EQ(v.engine, "llama.cpp");
  EXPECT_EQ(v.build, "abc123 (7)");
  EXPECT_EQ(v.cpu_variant, "made-up");
  EXPECT_EQ(v.model, "smollm2-135m");
  EXPECT_EQ(v.format, "q4_0");
  EXPECT_EQ(v.memory_bytes, 123456789u);
  EXPECT_GT(v.predicted_memory_bytes, 80'000'000u);
  EXPECT_FALSE(v.mmap);
  ASSERT_EQ(v.phases.size(), 2u);
  EXPECT_EQ(v.phases[0].tps, 20);
  EXPECT_EQ(v.phases[1].tps, 90);
  EXPECT_FALSE(v.phases[0].predicted);  // nothing was measured
  EXPECT_EQ(v.phases[0].samples, (std::vector<double>{19, 20, 21}));
}

TEST_F(VerifyCommand, RunsAFileAsItIsAndLeavesIt) {
  const std::string file = (folder_.path() / "made.gguf").string();
  ASSERT_EQ(shell("'" WEIGHIN_BINARY "' synth smollm2-135m --format q2_K -o " + shell_word(file)).exit_code,
            0);
  const std::string same = "[ \"$2\" = " + shell_word(file) + " ] || exit 9";
  const ShellOutcome outcome =
      verify(shell_word(file) + " --json --engine " + good_engine(same) + " 2>/dev/null");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_TRUE(fs::exists(file));
  const auto json = nlohmann::json::parse(outcome.output.substr(outcome.output.find('{')), nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << outcome.output;
  EXPECT_EQ(json["phases"]["decode"]["tps"], 20.0);
  EXPECT_TRUE(json["phases"]["decode"]["predicted"].is_null());
  EXPECT_TRUE(json["gpu"].is_null());
  expect_failure(
      verify(shell_word(file) + " --format q4_0 --engine false", "rm -f " + shell_word(database()) + ";"),
      "run as it is");
}

TEST_F(VerifyCommand, AnEngineThatIsMissingIsNamed) {
  expect_failure(verify("smollm2-135m --engine /nowhere/llama-bench"), "there is no engine to run as");
}

TEST_F(VerifyCommand, AnEngineThatHangsIsStoppedWithItsChildren) {
  const std::string child = (folder_.path() / "child").string();
  const auto start = std::chrono::steady_clock::now();
  const ShellOutcome outcome = verify("smollm2-135m --format q4_0 --limit 2s --engine " +
                                      engine("sleep 1000 & echo $! > " + shell_word(child) + "; wait"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  expect_failure(outcome, "was not done after 2 s");
  pid_t pid = 0;
  std::ifstream(child) >> pid;
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(gone(pid));
}

TEST_F(VerifyCommand, AnEngineThatCrashesFailsOrPrintsRubbishIsSaid) {
  expect_failure(verify("smollm2-135m --format q4_0 --engine " + engine("kill -SEGV $$")), "signal 11");
  expect_failure(verify("smollm2-135m --format q4_0 --engine " + engine("echo no such tensor >&2; exit 3")),
                 "exit code 3; it said: no such tensor");
  for (const char* rubbish :
       {"echo hello", "echo '[1, 2]'", "echo '[]'", "echo '[{\"n_prompt\": 512}]'",
        "echo '[{\"n_prompt\": 512, \"n_gen\": 0, \"samples_ts\": [-1]}'", "head -c 2000000 /dev/zero"})
    expect_failure(verify("smollm2-135m --format q4_0 --engine " + engine(rubbish)),
                   "did not print what llama-bench prints");
  expect_failure(verify("smollm2-135m --format q4_0 --tokens 99 --engine " + good_engine()),
                 "no test of 99 generated tokens");
}

TEST_F(VerifyCommand, AModelThatMemoryCannotHoldIsNotStarted) {
  const fs::path started = folder_.path() / "started";
  expect_failure(
      verify("llama-3.1-405b --format f16 --engine " + engine("touch " + shell_word(started.string()))),
      "GiB of memory", 1);
  EXPECT_FALSE(fs::exists(started));
}

TEST_F(VerifyCommand, AFullDiskIsSaid) {
  expect_failure(verify("smollm2-135m --format q4_0 --engine true", "trap '' XFSZ; ulimit -f 2000;"),
                 "model.gguf");
  const ShellOutcome nowhere =
      shell("TMPDIR=/nowhere '" WEIGHIN_BINARY "' verify smollm2-135m --engine true --no-measure --db " +
            shell_word(database()) + " 2>&1");
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_NE(nowhere.output.find("TMPDIR"), std::string::npos) << nowhere.output;
}

TEST_F(VerifyCommand, CtrlCStopsTheEngineAndKeepsNothing) {
  const std::string child = (folder_.path() / "child").string();
  const std::string command = "exec env TMPDIR=" + shell_word((folder_.path() / "tmp").string()) +
                              " '" WEIGHIN_BINARY "' verify smollm2-135m --format q4_0 --no-measure --db " +
                              shell_word(database()) + " --engine " +
                              engine("echo $$ > " + shell_word(child) + "; exec sleep 1000") + " 2>&1";
  const ShellOutcome outcome = shell(command + " & for i in $(seq 300); do [ -s " + shell_word(child) +
                                     " ] && break; sleep 0.1; done; kill -TERM $!; wait $!");
  EXPECT_EQ(outcome.exit_code, 130) << outcome.output;
  pid_t pid = 0;
  std::ifstream(child) >> pid;
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(gone(pid));
  EXPECT_TRUE(left_nothing());
}

// What verify measures beside the engine is kept as a run of verify's: nobody gave `weighin run` any options.
TEST_F(VerifyCommand, ItsRunKeepsNoOptionThatNobodyGave) {
  const std::string command = "TMPDIR=" + shell_word((folder_.path() / "tmp").string()) +
                              " '" WEIGHIN_BINARY "' verify smollm2-135m --format q4_0 --threads 1 --db " +
                              shell_word(database()) + " --engine " + good_engine();
  const pid_t pid = std::atoi(shell(command + " >/dev/null 2>&1 & echo $!").output.c_str());
  ASSERT_GT(pid, 0);
  std::string options;
  for (int i = 0; i < 600 && options.empty(); ++i) {
    usleep(100000);
    const auto store = Store::open(database(), Access::read);
    if (!store) continue;
    const auto devices = store->devices();
    if (!devices || devices->empty()) continue;
    const auto run = store->last_run(devices->front().id);
    if (run && *run) options = (*run)->options;
  }
  kill(pid, SIGKILL);
  EXPECT_TRUE(gone(pid));
  EXPECT_EQ(options, "made by weighin verify");
}

TEST_F(VerifyCommand, EncodersAndUnknownNamesAreRefused) {
  expect_failure(verify("bert-base --engine true"), "encoder");
  expect_failure(verify("smollm2-135m --format q9 --engine true"), "q9");
}

TEST(Engines, TheCommandIsTheGivenOneThenLlamaBenchThenTheShippedOne) {
  Host host;
  host.program = "/nowhere/at/all/weighin";
  host.environment = [](const char*) { return std::optional<std::string>(); };
  EXPECT_EQ(engine_command(host, "mine --fast").value(), "mine --fast");
  const auto none = engine_command(host, "");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().find("--engine"), std::string::npos);
  host.program = WEIGHIN_BINARY;
  EXPECT_NE(engine_command(host, "").value().find("node-llama-cpp/run"), std::string::npos);
  const Folder folder;
  folder.write("llama-bench", "");
  host.environment = [&](const char*) { return std::optional(folder.path().string()); };
  EXPECT_EQ(engine_command(host, "").value(), "llama-bench");
}

TEST(Engines, ReadsOldAndNewLlamaBench) {
  const auto report = read_bench_json(std::string("warming up\n") + good_json);
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->engine, "llama.cpp");
  EXPECT_FALSE(report->mmap);
  EXPECT_EQ(report->peak_resident_bytes, 123456789u);
  EXPECT_EQ(report->tests[1].tps, (std::vector<double>{19, 20, 21}));
  const auto bare = read_bench_json(R"([{"n_prompt": 0, "n_gen": 4, "avg_ts": 5, "load_mode": "none"}])");
  ASSERT_TRUE(bare) << bare.error();
  EXPECT_EQ(bare->tests[0].tps, std::vector<double>{5});
  EXPECT_TRUE(bare->build.empty());
  EXPECT_FALSE(bare->mmap);
  EXPECT_EQ(read_bench_json(R"([{"n_gen": 4, "avg_ts": 5, "engine": "mlx 1"}])")->engine, "mlx 1");
}

}  // namespace
}  // namespace weighin
