// ONNX Runtime's operations, measured by a script that only says numbers: what is kept, and each way to fail.
#include "harness/engines/onnx/session.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "harness/engines/onnx/plan.h"
#include "kernels/problem/steps.h"
#include "models/names/catalogue.h"
#include "tests/folder.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

class OnnxSession : public testing::Test {
 protected:
  /// A program's folder with a script beside it, which answers --found and then runs `body` with the job as
  /// $1.
  Host host_with(const std::string& body) {
    fs::create_directories(folder_.path() / "scripts/engines/onnxruntime");
    const std::string file = folder_.write("scripts/engines/onnxruntime/run",
                                           "#!/bin/sh\n[ \"$1\" = --found ] && exit 0\n" + body + "\n");
    chmod(file.c_str(), 0755);
    Host host = this_host();
    host.program = folder_.path() / "weighin";
    return host;
  }
  OnnxHooks hooks() {
    return {.stop = [this] { return stop_; },
            .record = [this](const Measurement& m) -> tl::expected<void, std::string> {
              rows_.push_back(m);
              return {};
            },
            .progress = [](size_t, size_t) {}};
  }
  OnnxOutcome measure(const std::string& body, std::chrono::milliseconds silence = std::chrono::seconds(20)) {
    const Host host = host_with(body);
    const auto script = onnx_script(host);
    EXPECT_TRUE(script) << script.error();
    const auto outcome = measure_onnx_runtime(
        host, {.script = *script, .threads = 2, .budget_s = 5, .only = ""}, already_, hooks(), silence);
    EXPECT_TRUE(outcome) << outcome.error();
    return outcome ? *outcome : OnnxOutcome{};
  }

  Folder folder_;
  bool stop_ = false;
  std::vector<Measurement> rows_, already_;
};

constexpr const char* engine_line =
    R"sh(echo '{"engine": "ONNX Runtime", "build": "1.23.2 (onnxruntime-node)"}')sh";

TEST_F(OnnxSession, EachOperationIsKeptAsItsEnginesOwn) {
  const OnnxOutcome outcome = measure(std::string(engine_line) + R"(
    echo '{"index": 0, "samples": [0.002, 0.001, 0.003], "error": 0, "tolerance": 0}'
    echo 'a line that the library printed'
    echo '{"index": 1, "samples": [0.5], "error": 0.1, "tolerance": 0.01}'
    echo '{"index": 2, "failed": "no graph of it is known"}'
    echo '{"index": 3, "skipped": true}'
    echo '{"index": 4, "samples": [0, 0]}'
    echo '{"index": 99999, "samples": [1]}')");
  EXPECT_EQ(outcome.engine, "onnxruntime 1.23.2 (onnxruntime-node)");
  EXPECT_EQ(outcome.measured, 1u);
  EXPECT_EQ(outcome.wrong, 1u);
  EXPECT_EQ(outcome.failed, 2u);
  EXPECT_EQ(outcome.skipped, 1u);
  EXPECT_EQ(outcome.failure, "");
  const std::vector<Problem> problems = onnx_problems();
  ASSERT_EQ(rows_.size(), 5u);
  EXPECT_EQ(rows_[0].engine, outcome.engine);
  EXPECT_TRUE(rows_[0].of_engine());
  EXPECT_EQ(rows_[0].problem, problems[0]);
  EXPECT_EQ(rows_[0].seconds, 0.002);
  EXPECT_EQ(rows_[0].samples, (std::vector<double>{0.002, 0.001, 0.003}));
  EXPECT_EQ(rows_[0].threads, 2u);
  EXPECT_EQ(rows_[1].status, Status::wrong);
  EXPECT_EQ(rows_[2].status, Status::failed);
  EXPECT_EQ(rows_[2].reason, "no graph of it is known");
  EXPECT_EQ(rows_[3].status, Status::skipped);
  EXPECT_EQ(rows_[4].status, Status::failed);
}

TEST_F(OnnxSession, WhatWasMeasuredIsLeftOut) {
  measure(std::string(engine_line) + R"(
    echo '{"index": 0, "samples": [0.002], "error": 0, "tolerance": 0}')");
  ASSERT_EQ(rows_.size(), 1u);
  already_ = rows_;
  measure(std::string(engine_line) + R"(
    echo '{"index": 0, "samples": [0.004], "error": 0, "tolerance": 0}')");
  ASSERT_EQ(rows_.size(), 2u);
  EXPECT_EQ(rows_[1].problem, onnx_problems()[1]);
}

TEST_F(OnnxSession, AChildThatCrashesHangsOrFailsIsSaidSo) {
  EXPECT_NE(measure(std::string(engine_line) + "\nkill -SEGV $$").failure.find("crashed"), std::string::npos);
  EXPECT_NE(measure("exit 3").failure.find("exit code 3"), std::string::npos);
  EXPECT_NE(measure("exec sleep 60", std::chrono::milliseconds(300)).failure.find("did not answer"),
            std::string::npos);
  EXPECT_TRUE(rows_.empty());
}

TEST_F(OnnxSession, AStopEndsIt) {
  stop_ = true;
  const OnnxOutcome outcome = measure(std::string(engine_line) + R"(
    echo '{"index": 0, "samples": [0.002], "error": 0, "tolerance": 0}'
    exec sleep 60)");
  EXPECT_LE(outcome.measured, 1u);
}

TEST_F(OnnxSession, AMissingPackageIsNamedWithWhatFetchesIt) {
  Host host = host_with(":");
  const std::string file = folder_.write("scripts/engines/onnxruntime/run", "#!/bin/sh\nexit 2\n");
  chmod(file.c_str(), 0755);
  const auto script = onnx_script(host);
  ASSERT_FALSE(script);
  EXPECT_NE(script.error().find("run --install"), std::string::npos) << script.error();
  host.program = folder_.path() / "a/b/c/d/e/f/g/weighin";
  EXPECT_FALSE(onnx_script(host));
}

TEST(OnnxPlan, HoldsWhatDistilbertNeedsAndNothingTwice) {
  const std::vector<Problem> problems = onnx_problems();
  EXPECT_EQ(std::set<Problem>(problems.begin(), problems.end()).size(), problems.size());
  for (const FileFormatId format :
       {FileFormatId::onnx_fp32, FileFormatId::onnx_int8, FileFormatId::onnx_q4}) {
    for (const ProblemUse& use : prefill_step(*find_model("distilbert"), file_format_of(format), 384)) {
      if (use.problem.op == Op::quantize || use.problem.op == Op::gemv) continue;
      const bool there = std::any_of(problems.begin(), problems.end(), [&](const Problem& p) {
        return p.op == use.problem.op && p.format == use.problem.format;
      });
      EXPECT_TRUE(there) << describe(use.problem);
    }
  }
}

}  // namespace
}  // namespace weighin
