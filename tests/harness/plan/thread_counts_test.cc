// Which thread counts a run tries, on machines that are described here.
#include "harness/plan/thread_counts.h"

#include <gtest/gtest.h>

#include "harness/plan/plan.h"

namespace weighin {
namespace {

using Counts = std::vector<uint32_t>;

/// Cores with `threads_a_core` threads each, and slower ones with one thread.
Topology topology(uint32_t performance, uint32_t threads_a_core, uint32_t efficiency) {
  Topology made;
  made.cores = known(performance + efficiency, "made");
  made.threads = known(performance * threads_a_core + efficiency, "made");
  if (efficiency == 0) {
    made.core_kinds = {{"core", performance, performance * threads_a_core, {}}};
  } else {
    made.core_kinds = {{"performance", performance, performance * threads_a_core, {}},
                       {"efficiency", efficiency, efficiency, {}}};
  }
  return made;
}

TEST(ThreadCounts, SmallMachinesHaveNoneBetween) {
  EXPECT_EQ(thread_counts_to_try(topology(1, 1, 0), 1), Counts{});
  EXPECT_EQ(thread_counts_to_try(topology(2, 1, 0), 2), Counts{});
  EXPECT_EQ(thread_counts_to_try(Topology{}, 2), Counts{});
}

TEST(ThreadCounts, CoresWithoutTheirSecondThreads) {
  EXPECT_EQ(thread_counts_to_try(topology(6, 2, 0), 12), (Counts{2, 4, 6, 8}));
}

TEST(ThreadCounts, PerformanceCoresAlone) {
  EXPECT_EQ(thread_counts_to_try(topology(6, 2, 8), 20), (Counts{2, 4, 6, 8, 12, 14, 16}));
}

TEST(ThreadCounts, NoMoreThanMayBeUsed) {
  EXPECT_EQ(thread_counts_to_try(topology(6, 2, 8), 5), (Counts{2, 4}));
}

TEST(ThreadCounts, ThePlanTriesEachWithTheProductsItMeasuresWithAllThreads) {
  const auto plan = make_plan({.threads = 12, .other_threads = {4, 6}});
  for (const uint32_t count : {4U, 6U}) {
    for (const Op op : {Op::gemv, Op::gemm}) {
      size_t here = 0;
      for (const PlanItem& item : plan) {
        if (item.threads != count || item.problem.op != op) continue;
        ++here;
        size_t with_all = 0;
        for (const PlanItem& other : plan) with_all += other.threads == 12 && other.problem == item.problem;
        EXPECT_EQ(with_all, 1U) << describe(item.problem);
      }
      EXPECT_EQ(here, 1U);
    }
  }
  EXPECT_LE(plan.size(), make_plan({.threads = 12}).size() + 6);
}

}  // namespace
}  // namespace weighin
