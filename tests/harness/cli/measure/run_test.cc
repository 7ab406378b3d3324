// `weighin run` and plain `weighin` from outside, over real databases.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/harness/database_test.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

class RunCommand : public DatabaseTest {
 protected:
  /// `weighin run ARGS --db ...`, both outputs; `before` stands in the same shell.
  ShellOutcome run(const std::string& arguments, const std::string& before = "") const {
    return shell(before + "'" WEIGHIN_BINARY "' run --db " + shell_word(database_) + " " + arguments +
                 " 2>&1");
  }

  /// Starts a long run, sends it the signal when its database holds a measurement, and returns its exit code.
  int killed_once_it_measures(const std::string& signal) const {
    const std::string in_folder = "cd " + shell_word(folder_.path().string()) + "; ";
    shell(in_folder + "{ '" WEIGHIN_BINARY "' run --budget 120s --db weighin.db & echo $! >pid; wait $!; " +
          "echo $? >code; } >out 2>&1 &");
    bool measures = false;
    for (int tries = 0; tries < 600 && !measures; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      try {
        measures = number("SELECT count(*) FROM measurement WHERE status = 'measured'") > 0;
      } catch (const SQLite::Exception&) {  // not made yet
      }
    }
    EXPECT_TRUE(measures);
    shell(in_folder + "kill -" + signal + " $(cat pid)");
    const ShellOutcome ended =
        shell(in_folder + "for i in $(seq 600); do [ -s code ] && break; sleep 0.1; done; cat code");
    return ended.output.empty() ? -1 : std::stoi(ended.output);
  }
};

// A part of the plan that takes seconds, decode of one format and class, and a budget that no machine uses
// up.
const std::string small = "--budget 300s --only 'gemv q4_0 .*100M'";
// Any flag of Google Benchmark's, so that each item is measured once: without one the rest of the budget
// narrows intervals.
const std::string once = " -- --benchmark_color=false";

TEST_F(RunCommand, KeepsBoundsAndKernelsWithProvenance) {
  const ShellOutcome ran = run(small + once);
  ASSERT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_GE(number("SELECT count(*) FROM measurement WHERE op IN ('stream_read','peak_fp32','peak_bf16',"
                   "'peak_int8') AND status = 'measured'"),
            4);
  EXPECT_GT(number("SELECT count(*) FROM measurements WHERE op = 'gemv' AND format = 'q4_0' AND "
                   "size_class = '100M' AND status = 'measured'"),
            0);
  EXPECT_EQ(number("SELECT count(*) FROM measurement WHERE status = 'measured' AND (seconds IS NULL OR "
                   "seconds <= 0 OR json_array_length(samples) < 3)"),
            0);
  // A fraction of a bound that was timed in turn with it; how large it is, is not a test's to say.
  EXPECT_EQ(number("SELECT count(*) FROM measurement WHERE op = 'gemv' AND (roofline_fraction IS NULL OR "
                   "roofline_fraction <= 0)"),
            0);
  EXPECT_EQ(number("SELECT count(*) FROM measurement WHERE op = 'stream_read' AND roofline_fraction IS NOT "
                   "NULL"),
            0);
  EXPECT_EQ(text("SELECT outcome FROM run"), "finished");
  EXPECT_EQ(number("SELECT count(*) FROM run WHERE program_version = '' OR compiler = '' OR started_at = '' "
                   "OR ended_at = ''"),
            0);
}

TEST_F(RunCommand, AShortBudgetSkipsAndResumeGoesOn) {
  const ShellOutcome first = run("--budget 1ms --only 'gemv q4_0 .*100M'");
  ASSERT_EQ(first.exit_code, 0) << first.output;
  EXPECT_GT(number("SELECT count(*) FROM measurement WHERE status = 'skipped' AND reason = 'budget'"), 0);
  EXPECT_EQ(text("SELECT outcome FROM run"), "budget");
  const int64_t rows = number("SELECT count(*) FROM measurement");
  const ShellOutcome second = run(small + " --resume" + once);
  ASSERT_EQ(second.exit_code, 0) << second.output;
  EXPECT_EQ(number("SELECT count(*) FROM run"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM measurement"), rows);
  EXPECT_EQ(number("SELECT count(*) FROM measurement WHERE status = 'skipped'"), 0);
  EXPECT_EQ(text("SELECT outcome FROM run"), "finished");
  // What was measured is not measured again, but for the bounds: of a run that was killed at its very end
  // nothing changes.
  const std::string seconds =
      "SELECT group_concat(id || ' ' || seconds) FROM (SELECT * FROM measurement WHERE op = 'gemv' ORDER BY "
      "id)";
  const std::string measured = text(seconds);
  SQLite::Database(database_, SQLite::OPEN_READWRITE).exec("UPDATE run SET outcome = 'interrupted'");
  ASSERT_EQ(run(small + " --resume" + once).exit_code, 0);
  EXPECT_EQ(text(seconds), measured);
  EXPECT_EQ(text("SELECT outcome FROM run"), "finished");
  // Nothing is left to go on with: a new run starts.
  ASSERT_EQ(run(small + " --resume" + once).exit_code, 0);
  EXPECT_EQ(number("SELECT count(*) FROM run"), 2);
}

TEST_F(RunCommand, AnInterruptionKeepsWhatWasMeasured) {
  EXPECT_EQ(killed_once_it_measures("INT"), 130);
  EXPECT_EQ(text("SELECT outcome FROM run"), "interrupted");
  EXPECT_GT(number("SELECT count(*) FROM measurement WHERE status = 'measured'"), 0);
  EXPECT_GT(number("SELECT count(*) FROM measurement WHERE reason = 'interrupted'"), 0);
}

TEST_F(RunCommand, AKillLosesNothingThatWasMeasured) {
  EXPECT_EQ(killed_once_it_measures("KILL"), 137);
  EXPECT_EQ(text("PRAGMA integrity_check"), "ok");
  EXPECT_GT(number("SELECT count(*) FROM measurement WHERE status = 'measured'"), 0);
  EXPECT_EQ(text("SELECT outcome FROM run"), "");
  const ShellOutcome resumed = run("--budget 1ms --resume");
  EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
  EXPECT_EQ(number("SELECT count(*) FROM run"), 1);
}

TEST_F(RunCommand, ListsAndMeasuresNothing) {
  const ShellOutcome list = run("--list --only 'gemm q8_0 .* 7B'");
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_NE(list.output.find("gemm q8_0 m="), std::string::npos) << list.output;
  EXPECT_NE(list.output.find("peak_int8"), std::string::npos);
  const ShellOutcome theirs = run("--only 'gemm q8_0 .* 7B' -- --benchmark_list_tests");
  EXPECT_EQ(theirs.exit_code, 0);
  EXPECT_NE(theirs.output.find("cpu.gemm.q8_0."), std::string::npos) << theirs.output;
  run("--list -- --benchmark_list_tests=false");
  EXPECT_FALSE(fs::exists(database_));
}

TEST_F(RunCommand, GoogleBenchmarksFlagsFollowTwoDashes) {
  const fs::path out = folder_.path() / "gemv.json";
  const ShellOutcome ran =
      run(small + " -- --benchmark_repetitions=2 --benchmark_out=" + shell_word(out.string()));
  ASSERT_EQ(ran.exit_code, 0) << ran.output;
  const auto json = nlohmann::json::parse(std::ifstream(out), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_GT(json["benchmarks"].size(), 8U);
  EXPECT_EQ(number("SELECT min(json_array_length(samples)) FROM measurement WHERE status = 'measured'"), 10);
  // No path is kept.
  EXPECT_EQ(text("SELECT options FROM run").find(folder_.path().string()), std::string::npos);
}

TEST_F(RunCommand, WrongArgumentsAreErrorsAndTouchNothing) {
  for (const char* arguments : {"-- --benchmark_foo", "nonsense", "--only '('", "--budget 0s", "--budget -1s",
                                "--budget soon", "--threads 0", "--threads two"}) {
    const ShellOutcome ran = run(arguments);
    EXPECT_EQ(ran.exit_code, 2) << arguments << ": " << ran.output;
    EXPECT_FALSE(ran.output.empty()) << arguments;
  }
  EXPECT_FALSE(fs::exists(database_));
}

TEST_F(RunCommand, ALimitOnMemoryIsObeyedAndSaid) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer itself reserves more addresses than the limit allows";
#endif
  const ShellOutcome ran = run("--budget 6s --only 'gemv f32 .*(100M|70B)'", "ulimit -v 900000; ");
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_NE(ran.output.find("may be used"), std::string::npos) << ran.output;
  EXPECT_GT(number("SELECT count(*) FROM measurement WHERE op = 'gemv' AND status = 'measured'"), 0);
}

TEST_F(RunCommand, AFolderThatMayNotBeWrittenIsAnError) {
  const ShellOutcome ran = shell("'" WEIGHIN_BINARY "' run --budget 1s --db /proc/weighin.db 2>&1");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.output.find("/proc/weighin.db"), std::string::npos) << ran.output;
}

TEST_F(RunCommand, ALabelStays) {
  ASSERT_EQ(run("--budget 1ms --label pi5-07 --only none").exit_code, 0);
  ASSERT_EQ(run("--budget 1ms --only none").exit_code, 0);
  EXPECT_EQ(text("SELECT label FROM device"), "pi5-07");
}

TEST_F(RunCommand, ProgressIsPlainLinesWhereThereIsNoTerminal) {
  EXPECT_EQ(run(small + once).output.find('\x1b'), std::string::npos);
}

TEST_F(RunCommand, PlainWeighinMeasuresAnswersAndReports) {
  const ShellOutcome ran = shell("XDG_DATA_HOME=" + shell_word(folder_.path().string()) +
                                 " '" WEIGHIN_BINARY "' --budget 2s 2>/dev/null");
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  const fs::path report = folder_.path() / "weighin/report.html";
  EXPECT_TRUE(fs::exists(report));
  EXPECT_NE(ran.output.find(report.string()), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("MODEL TO TRY"), std::string::npos) << ran.output;
  EXPECT_LE(std::count(ran.output.begin(), ran.output.end(), '\n'), 60) << ran.output;
  EXPECT_TRUE(fs::exists(folder_.path() / "weighin/weighin.db"));
}

}  // namespace
}  // namespace weighin
