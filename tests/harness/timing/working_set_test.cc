// The search for where memory begins.
#include "harness/timing/working_set.h"

#include <gtest/gtest.h>

#include "harness/timing/switch_watch.h"
#include "kernels/system/page_memory.h"

namespace weighin {
namespace {

constexpr uint64_t mib = uint64_t{1} << 20;

TEST(WorkingSet, IsOneOfTheTriedSizesWithinTheLimits) {
  if (!copies_past_caches) GTEST_SKIP() << "this processor cannot keep a copy out of its caches";
  ThreadPool pool(2);
  WeightPool weights(64 * mib, 64 * mib);
  Workbench bench{.pool = pool, .weights = weights};
  const auto trials = find_working_set(bench, kernels_here(), 8 * mib);
  ASSERT_FALSE(trials.empty());
  EXPECT_EQ(trials.front().bytes, 8 * mib);
  for (size_t i = 1; i < trials.size(); ++i) EXPECT_EQ(trials[i].bytes, 2 * trials[i - 1].bytes);
  EXPECT_LE(trials.back().bytes, 64 * mib);
  EXPECT_EQ(weights.working_set_bytes(), trials.back().bytes);
}

TEST(WorkingSet, IsLeftAloneWhereNoKernelReads) {
  ThreadPool pool(1);
  WeightPool weights(16 * mib, 16 * mib);
  Workbench bench{.pool = pool, .weights = weights};
  const KernelChoice none = [](const Problem&) { return std::vector<const Kernel*>(); };
  EXPECT_TRUE(find_working_set(bench, none, 8 * mib).empty());
  EXPECT_EQ(weights.working_set_bytes(), 16 * mib);
}

/// Work that counts its runs.
class Counted : public Prepared {
 public:
  void run() noexcept override { ++runs; }
  Check check(uint32_t) override { return {0, 0}; }
  double own_seconds() const override { return 1e-3 * runs; }
  int runs = 0;
};

TEST(SwitchWatch, NothingIsTakenAgainWhenThereIsNoTimeForIt) {
  ThreadPool pool(2);
  SwitchWatch watch(pool);
  Counted work;
  double again_s = 0;
  EXPECT_DOUBLE_EQ(undisturbed_seconds(work, 1, watch, again_s), 1e-3);
  EXPECT_EQ(work.runs, 1);
}

}  // namespace
}  // namespace weighin
