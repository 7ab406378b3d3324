#include "probes/host/process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

namespace weighin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RunProcess, GivesOutputAndExitCode) {
  const auto result = run_process({"/bin/sh", "-c", "echo said; echo hidden >&2; exit 3"}, seconds(20));
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->output, "said\n");
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->signal, 0);
  EXPECT_FALSE(result->timed_out);
}

TEST(RunProcess, AnAbortIsASignal) {
  const auto result = run_process({"/bin/sh", "-c", "kill -ABRT $$"}, seconds(20));
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->signal, SIGABRT);
  EXPECT_EQ(result->exit_code, -1);
  EXPECT_FALSE(result->timed_out);
}

TEST(RunProcess, AHangIsStopped) {
  const auto start = std::chrono::steady_clock::now();
  const auto result = run_process({"/bin/sleep", "600"}, milliseconds(200));
  ASSERT_TRUE(result) << result.error();
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->exit_code, -1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(60));
}

// What the program started ends with it. The program prints the process id of its grandchild, which
// afterwards no process has.
TEST(RunProcess, GrandchildrenAreStoppedToo) {
  const auto result = run_process({"/bin/sh", "-c", "sleep 600 & echo $!; wait"}, milliseconds(500));
  ASSERT_TRUE(result) << result.error();
  EXPECT_TRUE(result->timed_out);
  const pid_t grandchild = std::atoi(result->output.c_str());
  ASSERT_GT(grandchild, 1);
  // The grandchild disappears when the process that inherits it has waited for it. A zombie that a careless
  // init leaves behind counts as ended.
  std::string state = "running";
  for (int i = 0; i < 200 && state != "gone" && state != "zombie"; ++i) {
    const auto stat = this_host().read("/proc/" + std::to_string(grandchild) + "/stat");
    state = !stat ? "gone" : stat->find(") Z") != std::string::npos ? "zombie" : "running";
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_NE(state, "running");
}

TEST(RunProcess, AFloodIsCut) {
  const auto result = run_process({"/bin/sh", "-c", "head -c 5000000 /dev/zero"}, seconds(60));
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->output.size(), std::size_t{1} << 20);
  EXPECT_EQ(result->exit_code, 0);
}

TEST(RunProcess, WhatCannotStartIsAnError) {
  const auto result = run_process({"/nonexistent/program"}, seconds(5));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("/nonexistent/program"), std::string::npos);
  EXPECT_FALSE(run_process({}, seconds(1)));
}

TEST(StreamProcess, HandsOverLinesAsTheyCome) {
  std::vector<std::string> lines;
  const auto result = stream_process({"/bin/sh", "-c", "echo one; sleep 0.3; echo two; printf three; exit 4"},
                                     seconds(20), [&](const std::string& line) {
                                       lines.push_back(line);
                                       return true;
                                     });
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "one", "two"}));  // the last line has no line end, so it may be incomplete
  EXPECT_EQ(result->exit_code, 4);
}

TEST(StreamProcess, SilenceIsTimedOutAndWordsAreNot) {
  const auto talks = stream_process({"/bin/sh", "-c", "for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done"},
                                    milliseconds(900), [](const std::string&) { return true; });
  ASSERT_TRUE(talks);
  EXPECT_FALSE(talks->timed_out);
  EXPECT_EQ(talks->exit_code, 0);
  const auto silent = stream_process({"/bin/sh", "-c", "echo 1; exec sleep 600"}, milliseconds(300),
                                     [](const std::string&) { return true; });
  ASSERT_TRUE(silent);
  EXPECT_TRUE(silent->timed_out);
}

TEST(StreamProcess, EndsWhenNobodyListens) {
  const auto result = stream_process({"/bin/sh", "-c", "while :; do echo more; done"}, seconds(20),
                                     [](const std::string&) { return false; });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, -1);
}

}  // namespace
}  // namespace weighin
