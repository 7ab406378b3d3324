// GPUs are measured from outside: lavapipe, and lavapipe under a layer that does what bad drivers do.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/child/event.h"
#include "harness/gpu/session.h"
#include "kernels/table/all_kernels.h"
#include "kernels/vulkan/device/gpu.h"
#include "probes/all_probes.h"
#include "tests/harness/database_test.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

using std::chrono::seconds;

/// A driver's trouble for the programs that are started while it lives (tests/vulkan_layer).
class Trouble {
 public:
  explicit Trouble(const char* what) {
    setenv("VK_LAYER_PATH", WEIGHIN_LAYER_FOLDER, 1);
    setenv("VK_INSTANCE_LAYERS", "VK_LAYER_WEIGHIN_trouble", 1);
    setenv("WEIGHIN_TROUBLE", what, 1);
  }
  ~Trouble() {
    for (const char* name : {"VK_LAYER_PATH", "VK_INSTANCE_LAYERS", "WEIGHIN_TROUBLE"}) unsetenv(name);
  }
  Trouble(const Trouble&) = delete;
  Trouble& operator=(const Trouble&) = delete;
};

/// lavapipe, which is looked for in a child process as the program does it.
const VulkanDevice* software_device() {
  static const Machine machine = [] {
    Host host = this_host();
    host.program = WEIGHIN_BINARY;
    return probe_machine(host);
  }();
  if (!machine.vulkan.value) return nullptr;
  for (const VulkanDevice& device : *machine.vulkan.value)
    if (device.software) return &device;
  return nullptr;
}

class GpuRun : public DatabaseTest {
 protected:
  void SetUp() override {
    if (software_device() == nullptr) GTEST_SKIP() << "no lavapipe here (Debian package mesa-vulkan-drivers)";
  }

  ShellOutcome run(const std::string& arguments) const {
    return shell("'" WEIGHIN_BINARY "' run --force-software --db " + shell_word(database_) + " " + arguments +
                 " 2>&1");
  }
  /// Measures a small part of the plan in a real child process, and returns what came of each row.
  GpuOutcome in_child(GpuJob job, std::chrono::milliseconds silence = longest_silence) {
    Host host = this_host();
    host.program = WEIGHIN_BINARY;
    const GpuHooks hooks{
        .stop = [] { return false; },
        .record = [this](const Measurement& row) -> tl::expected<void, std::string> {
          rows_.push_back(row);
          return {};
        },
        .keep_tuning = [](const GpuTuning&) -> tl::expected<void, std::string> { return {}; },
        .progress = [](size_t, size_t) {}};
    const auto outcome = measure_in_child(host, std::move(job), hooks, silence);
    EXPECT_TRUE(outcome) << outcome.error();
    return outcome.value_or(GpuOutcome{});
  }
  /// Measures bounds, costs and one norm without a search: every kernel counts as tuned with its first
  /// parameters.
  static GpuJob small_job() {
    GpuJob job = job_for(*software_device(), 8, {});
    job.only = "rms_norm .*100M";
    for (const Kernel& kernel : all_kernels())
      if (kernel.parameters.size() > 1)
        job.tuned.push_back(
            {.gpu = job.gpu, .driver_version = "", .kernel = kernel.name, .parameters = "", .tuned_at = ""});
    return job;
  }
  size_t rows_with(Status status, const std::string& reason = "") const {
    return static_cast<size_t>(std::count_if(rows_.begin(), rows_.end(), [&](const Measurement& row) {
      return row.status == status && row.reason.find(reason) != std::string::npos;
    }));
  }

  std::vector<Measurement> rows_;
};

TEST_F(GpuRun, IsKeptBesideTheCpusAndSearchesOnce) {
  const std::string measured =
      "SELECT count(*) FROM measurement WHERE backend = 'vulkan' AND op = 'gemv' AND status = 'measured' AND "
      "kernel LIKE 'vulkan.gemv.q4_0.%' AND gpu IN (SELECT id FROM gpu WHERE software)";
  const std::string some = "--budget 30s --only 'gemv q4_0 .*100M'";
  ShellOutcome ran = run(some);
  // On a busy machine the budget may end before the GPU is reached.
  for (int more = 0; more < 5 && ran.exit_code == 0 && number(measured) == 0; ++more)
    ran = run(some + " --resume");
  ASSERT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_NE(ran.output.find("measured through Vulkan"), std::string::npos) << ran.output;
  EXPECT_GT(number(measured), 0);
  EXPECT_GT(
      number("SELECT count(*) FROM measurement WHERE backend = 'cpu' AND gpu = '' AND status = 'measured'"),
      0);
  EXPECT_GT(number("SELECT count(*) FROM gpu_tuning"), 0);
  const std::string first = text("SELECT group_concat(kernel || parameters || tuned_at) FROM gpu_tuning");
  ASSERT_EQ(run("--budget 12s --only 'gemv q4_0 .*100M'").exit_code, 0);
  const std::string again = text("SELECT group_concat(kernel || parameters || tuned_at) FROM gpu_tuning");
  // More may have been found, but nothing was found again.
  EXPECT_TRUE(again.starts_with(first)) << first << "\n" << again;
}

TEST_F(GpuRun, SaysWithoutForceThatThereIsNone) {
  const ShellOutcome ran = shell("'" WEIGHIN_BINARY "' run --budget 3s --only 'no such item' --db " +
                                 shell_word(database_) + " 2>&1");
  ASSERT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_EQ(number("SELECT count(*) FROM measurement WHERE backend = 'vulkan'"), 0);
}

TEST_F(GpuRun, MeasuresEveryItemOfAPart) {
  const GpuOutcome outcome = in_child(small_job());
  EXPECT_EQ(outcome.failures, std::vector<std::string>());
  EXPECT_EQ(outcome.measured, rows_with(Status::measured));
  for (const Op op :
       {Op::stream_read, Op::peak_fp32, Op::dispatch, Op::submit, Op::rms_norm, Op::copy_to_device})
    EXPECT_TRUE(
        std::any_of(rows_.begin(), rows_.end(),
                    [&](const Measurement& row) { return row.problem.op == op && row.seconds > 0; }) ||
        (op != Op::rms_norm && !is_bound(op)))
        << op_name(op);
}

TEST_F(GpuRun, ALostDeviceFailsItsItemsAndNoMore) {
  const Trouble trouble("lose 60");
  const GpuOutcome outcome = in_child(small_job());
  ASSERT_FALSE(outcome.failures.empty());
  EXPECT_NE(outcome.failures.front().find("the device was lost"), std::string::npos)
      << outcome.failures.front();
  EXPECT_GT(rows_with(Status::failed, "the device was lost"), 0U);
  EXPECT_GT(rows_with(Status::measured), 0U);
  EXPECT_EQ(rows_with(Status::wrong), 0U);
}

TEST_F(GpuRun, ACrashFailsItsItemsAndNoMore) {
  const Trouble trouble("crash 60");
  const GpuOutcome outcome = in_child(small_job());
  ASSERT_FALSE(outcome.failures.empty());
  EXPECT_GT(rows_with(Status::failed, "the driver crashed: Aborted"), 0U);
  EXPECT_GT(rows_with(Status::measured), 0U);
}

TEST_F(GpuRun, AHangIsStopped) {
  const Trouble trouble("hang 60");
  // Longer than the child is silent on a busy machine, even when it is sanitized.
  const GpuOutcome outcome = in_child(small_job(), seconds(12));
  EXPECT_EQ(outcome.failures.size(), 2U);
  EXPECT_GT(rows_with(Status::failed, "did not answer for 12 s"), 0U);
  EXPECT_GT(rows_with(Status::measured), 0U);
}

TEST_F(GpuRun, UsedUpMemoryIsAReasonAndTheRunGoesOn) {
  const Trouble trouble("memory 48");
  GpuJob job = small_job();
  job.allocate = true;
  job.memory_budget_bytes = 512ull << 20;
  const GpuOutcome outcome = in_child(job);
  EXPECT_EQ(outcome.failures, std::vector<std::string>());
  EXPECT_GT(rows_with(Status::failed, "the GPU's memory is used up"), 0U);
  EXPECT_GT(rows_with(Status::measured), 0U);
}

TEST_F(GpuRun, FindsHowMuchCanBeHad) {
  const Trouble trouble("memory 400");
  GpuJob job = small_job();
  job.allocate = true;
  job.memory_budget_bytes = 1024ull << 20;
  in_child(job);
  const auto found = std::find_if(rows_.begin(), rows_.end(),
                                  [](const Measurement& row) { return row.problem.op == Op::allocate; });
  ASSERT_NE(found, rows_.end());
  EXPECT_EQ(found->status, Status::measured);
  EXPECT_LE(found->problem.m, 400ull << 20);
  EXPECT_GE(found->problem.m, 250ull << 20);  // to within 64 MiB, beside what the other kernels hold
  EXPECT_NE(found->reason.find("used up"), std::string::npos);
}

// A child process whose output is a script.
GpuOutcome told(const std::vector<std::string>& lines, const ProcessResult& end,
                std::vector<Measurement>& rows) {
  Host host = recorded_host("/nonexistent");
  host.program = "weighin";
  host.stream_process = [&](const std::vector<std::string>&, std::chrono::milliseconds,
                            const LineReader& on_line) -> tl::expected<ProcessResult, std::string> {
    for (const std::string& line : lines)
      if (!on_line(line)) break;
    return end;
  };
  const GpuHooks hooks{.stop = [] { return false; },
                       .record = [&](const Measurement& row) -> tl::expected<void, std::string> {
                         rows.push_back(row);
                         return {};
                       },
                       .keep_tuning = [](const GpuTuning&) -> tl::expected<void, std::string> { return {}; },
                       .progress = [](size_t, size_t) {}};
  GpuJob job;
  job.working_set_bytes = 64ull << 20;
  return measure_in_child(host, job, hooks).value_or(GpuOutcome{});
}

TEST(GpuChild, NonsenseBetweenItsLinesIsPassedOver) {
  ProcessResult end;
  end.exit_code = 0;
  std::vector<Measurement> rows;
  const GpuOutcome outcome =
      told({"MESA: warning", "{", R"({"event": "began", "item": 1})", R"({"event": "no such"})",
            R"({"event": "measured", "item": 99999999})", R"({"event": "finished"})"},
           end, rows);
  EXPECT_EQ(outcome.failures, std::vector<std::string>());
}

TEST(GpuChild, OneThatCannotBeStartedIsAReason) {
  ProcessResult end;
  end.exit_code = 127;
  std::vector<Measurement> rows;
  const GpuOutcome outcome = told({}, end, rows);
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_NE(outcome.failures.front().find("127"), std::string::npos);
}

TEST(GpuChild, IsStartedAFewTimesAndNoMore) {
  ProcessResult end;
  end.signal = SIGSEGV;
  std::vector<Measurement> rows;
  const GpuOutcome outcome = told({R"({"event": "began", "item": 3})"}, end, rows);
  EXPECT_EQ(outcome.failures.size(), 5U);
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows.front().status, Status::failed);
  EXPECT_EQ(rows.front().backend, "vulkan");
}

TEST(GpuChild, JobsAreReadAsTheyWereWritten) {
  GpuJob job{.gpu = "0123456789abcdef",
             .driver = "llvmpipe",
             .manifest = "lvp_icd.json",
             .software = true,
             .allocate = true,
             .budget_s = 2.5,
             .only = "gemv|\"x\"",
             .done = {1, 5},
             .tuned = {}};
  job.tuned.push_back({.gpu = "g",
                       .driver_version = "v",
                       .kernel = "vulkan.gemv.q4_0.int8",
                       .parameters = "64 2",
                       .seconds = 1e-3,
                       .tuned_at = ""});
  const auto read = job_from_json(job_json(job));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->gpu, job.gpu);
  EXPECT_EQ(read->driver, job.driver);
  EXPECT_EQ(read->manifest, job.manifest);
  EXPECT_EQ(read->only, job.only);
  EXPECT_EQ(read->done, job.done);
  EXPECT_TRUE(read->allocate);
  ASSERT_EQ(read->tuned.size(), 1U);
  EXPECT_EQ(read->tuned[0].parameters, "64 2");
  EXPECT_FALSE(job_from_json("{}"));
  EXPECT_FALSE(event_from_json("{\"event\": \"measured\"}"));
}

}  // namespace
}  // namespace weighin
