// The runner with a plan and kernels that are made for the test.
#include "harness/timing/runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/plan/scaling.h"
#include "harness/plan/slabs.h"

namespace weighin {
namespace {

/// A kernel that computes nothing, and whose check says what it was made with.
template <bool right>
class Made : public Prepared {
 public:
  void run() noexcept override {}
  Check check(uint32_t) override { return {right ? 0.0 : 1.0, 0.5}; }
  double own_seconds() const override { return 1e-4; }
};

template <bool right>
tl::expected<std::unique_ptr<Prepared>, std::string> prepare(const Problem&, Workbench&) {
  return std::make_unique<Made<right>>();
}

tl::expected<std::unique_ptr<Prepared>, std::string> refuse(const Problem&, Workbench&) {
  return tl::unexpected(std::string("no memory for it"));
}

const Kernel good{"cpu.made.good", Op::gelu, FormatId::none, Isa::scalar, prepare<true>};
const Kernel bad{"cpu.made.bad", Op::gelu, FormatId::none, Isa::avx2, prepare<false>};
const Kernel refused{"cpu.made.refused", Op::gelu, FormatId::none, Isa::avx512, refuse};

std::vector<PlanItem> plan_of(size_t count) {
  std::vector<PlanItem> items;
  for (uint32_t i = 1; i <= count; ++i) items.push_back({{.op = Op::gelu, .n = 1, .k = i}, 1, {"1B"}});
  return items;
}

struct Ran {
  tl::expected<Outcome, std::string> outcome = Outcome::finished;
  std::vector<Measurement> rows;  // in the order in which they were recorded
};

RunSettings settings_with(const std::vector<const Kernel*>& kernels, double budget_s = 10) {
  return {.kernels = [kernels](const Problem&) { return kernels; },
          .working_set_bytes = uint64_t{2} << 20,
          .memory_budget_bytes = uint64_t{8} << 20,
          .cache_bytes = 0,
          .storage_folder = "",
          .budget_s = budget_s,
          .flags = {}};
}

Ran run(const std::vector<PlanItem>& items, const RunSettings& settings, size_t stop_after = SIZE_MAX,
        const std::vector<Measurement>& already = {}) {
  Ran ran;
  const RunHooks hooks{.stop = [&] { return ran.rows.size() >= stop_after; },
                       .record = [&](const Measurement& m) -> tl::expected<void, std::string> {
                         ran.rows.push_back(m);
                         return {};
                       },
                       .progress = [](const RunProgress&) {}};
  ran.outcome = run_plan(items, already, settings, hooks);
  return ran;
}

TEST(Runner, MeasuresEachItemWithTheBestKernel) {
  const Ran ran = run(plan_of(3), settings_with({&good}));
  ASSERT_TRUE(ran.outcome);
  EXPECT_EQ(*ran.outcome, Outcome::finished);
  ASSERT_EQ(ran.rows.size(), 3U);
  for (const Measurement& row : ran.rows) {
    EXPECT_EQ(row.kernel, "cpu.made.good");
    EXPECT_EQ(row.status, Status::measured);
    EXPECT_EQ(row.samples.size(), 5U);
    EXPECT_DOUBLE_EQ(row.seconds, 1e-4);
    EXPECT_EQ(row.size_classes, std::vector<std::string>{"1B"});
  }
}

TEST(Runner, AWrongKernelIsRecordedAndTheNextOneMeasured) {
  const Ran ran = run(plan_of(1), settings_with({&bad, &good}));
  ASSERT_EQ(ran.rows.size(), 2U);
  EXPECT_EQ(ran.rows[0].kernel, "cpu.made.bad");
  EXPECT_EQ(ran.rows[0].status, Status::wrong);
  EXPECT_TRUE(ran.rows[0].samples.empty());
  EXPECT_NE(ran.rows[0].reason.find("reference"), std::string::npos) << ran.rows[0].reason;
  EXPECT_EQ(ran.rows[1].kernel, "cpu.made.good");
  EXPECT_EQ(ran.rows[1].status, Status::measured);
}

TEST(Runner, WhatCannotBeMeasuredSaysWhy) {
  const Ran none = run(plan_of(1), settings_with({}));
  ASSERT_EQ(none.rows.size(), 1U);
  EXPECT_EQ(none.rows[0].status, Status::unsupported);
  const Ran failed = run(plan_of(1), settings_with({&refused}));
  ASSERT_EQ(failed.rows.size(), 1U);
  EXPECT_EQ(failed.rows[0].status, Status::failed);
  EXPECT_EQ(failed.rows[0].reason, "no memory for it");
}

TEST(Runner, ActivationsPastTheBudgetAreSkipped) {
  const std::vector<PlanItem> large{{{.op = Op::gelu, .n = 4096, .k = 4096}, 1, {}}};
  const Ran ran = run(large, settings_with({&good}));
  ASSERT_EQ(ran.rows.size(), 1U);
  EXPECT_EQ(ran.rows[0].status, Status::skipped);
  EXPECT_TRUE(ran.rows[0].reason.starts_with("memory")) << ran.rows[0].reason;
}

TEST(Runner, TheBudgetsEndSkipsTheRestButNotTheBounds) {
  auto items = plan_of(2);
  items.push_back({{.op = Op::stream_read, .m = 1 << 20}, 1, {}});
  const Ran ran = run(items, settings_with({&good}, 0));
  EXPECT_EQ(*ran.outcome, Outcome::budget);
  ASSERT_EQ(ran.rows.size(), 3U);
  EXPECT_EQ(ran.rows[0].status, Status::skipped);
  EXPECT_EQ(ran.rows[0].reason, "budget");
  EXPECT_EQ(ran.rows[2].status, Status::measured);
}

TEST(Runner, EveryItemIsMeasuredOnceWhateverTheBudgetWhereThatIsAsked) {
  RunSettings settings = settings_with({&good}, 0);
  settings.every_item = true;
  const Ran ran = run(plan_of(2), settings);
  EXPECT_EQ(*ran.outcome, Outcome::finished);
  ASSERT_EQ(ran.rows.size(), 2U);
  EXPECT_EQ(ran.rows[1].status, Status::measured);
}

TEST(Runner, AnInterruptionKeepsWhatWasMeasured) {
  const Ran ran = run(plan_of(4), settings_with({&good}), 2);
  EXPECT_EQ(*ran.outcome, Outcome::interrupted);
  ASSERT_EQ(ran.rows.size(), 4U);
  EXPECT_EQ(ran.rows[1].status, Status::measured);
  EXPECT_EQ(ran.rows[2].reason, "interrupted");
}

TEST(Runner, WhatIsMeasuredAlreadyIsNotMeasuredAgain) {
  const Ran first = run(plan_of(2), settings_with({&good}));
  const Ran second = run(plan_of(3), settings_with({&good}), SIZE_MAX, first.rows);
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows[0].problem.k, 3U);
}

TEST(Runner, AStoreThatFailsEndsTheRun) {
  size_t asked = 0;
  const RunHooks hooks{.stop = [] { return false; },
                       .record = [&](const Measurement&) -> tl::expected<void, std::string> {
                         ++asked;
                         return tl::unexpected(std::string("disk full"));
                       },
                       .progress = [](const RunProgress&) {}};
  const auto outcome = run_plan(plan_of(5), {}, settings_with({&good}), hooks);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), "disk full");
  EXPECT_EQ(asked, 1U);
}

TEST(BenchmarkFlags, UnknownOnesAreNamed) {
  EXPECT_FALSE(take_benchmark_flags({"--benchmark_foo"}));
  EXPECT_FALSE(take_benchmark_flags({"--benchmark_repetitions=many"}));
  const auto listed = take_benchmark_flags({"--benchmark_list_tests=true"});
  ASSERT_TRUE(listed) << listed.error();
  EXPECT_TRUE(listed->list);
  ASSERT_TRUE(take_benchmark_flags({"--benchmark_list_tests=false"}));
}

Measurement matrix(uint64_t m, double seconds, Status status = Status::measured) {
  Measurement row;
  row.problem = {.op = Op::gemv, .format = FormatId::f32, .m = m, .n = 1, .k = 4096};
  row.threads = 2;
  row.seconds = seconds;
  row.status = status;
  return row;
}

TEST(SlabScaling, ComparesWholeMatricesWithTheirSlabs) {
  constexpr uint64_t working_set = uint64_t{256} << 20;
  const uint64_t slab = slab_of(matrix(4096, 1).problem, 2, working_set).m;
  ASSERT_EQ(slab, 512U);
  const auto scaling =
      slab_scaling(std::vector{matrix(slab, 1e-3), matrix(4096, 8.8e-3), matrix(64, 1e-4)}, working_set);
  ASSERT_TRUE(scaling);
  EXPECT_EQ(scaling->pairs, 1U);
  EXPECT_NEAR(scaling->mid, 1.1, 1e-9);
  EXPECT_FALSE(slab_scaling(std::vector{matrix(slab, 1e-3), matrix(4096, 9e-3, Status::wrong)}, working_set));
}

}  // namespace
}  // namespace weighin
