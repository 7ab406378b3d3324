// The plan: every class and format, each problem once, bounds first.
#include "harness/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/statistics.h"
#include "models/catalogue.h"

namespace weighin {
namespace {

TEST(Plan, HoldsEachProblemOnce) {
  std::set<std::pair<Problem, uint32_t>> seen;
  for (const PlanItem& item : make_plan(2))
    EXPECT_TRUE(seen.insert({item.problem, item.threads}).second) << describe(item);
}

TEST(Plan, BoundsComeFirstAtEachThreadCount) {
  const auto plan = make_plan(4);
  for (size_t i = 0; i < plan.size(); ++i)
    EXPECT_EQ(is_bound(plan[i].problem.op), i < 8) << describe(plan[i]);
}

TEST(Plan, EveryClassDecodesAndPrefillsInEveryFormatItsRowsAllow) {
  const auto plan = make_plan(2);
  for (const SizeClass& size_class : all_size_classes()) {
    for (const QuantFormat& format : all_formats()) {
      const bool whole_blocks = reference_model(size_class).width % format.block_values == 0;
      for (const Op op : {Op::gemv, Op::gemm}) {
        const bool planned = std::any_of(plan.begin(), plan.end(), [&](const PlanItem& item) {
          const auto& classes = item.size_classes;
          return item.problem.op == op && item.problem.format == format.id &&
                 std::find(classes.begin(), classes.end(), size_class.name) != classes.end();
        });
        EXPECT_TRUE(planned || !whole_blocks) << size_class.name << " " << format.name << " " << op_name(op);
      }
    }
  }
}

TEST(Plan, AllThreadsComeBeforeOne) {
  const auto plan = make_plan(2);
  const auto first_single = std::find_if(plan.begin() + 8, plan.end(), [](const PlanItem& item) {
    return item.threads == 1 && item.problem.op == Op::gemv;
  });
  ASSERT_NE(first_single, plan.end());
  std::set<std::string> classes;
  for (auto item = plan.begin(); item != first_single; ++item) {
    classes.insert(item->size_classes.begin(), item->size_classes.end());
  }
  EXPECT_EQ(classes.size(), all_size_classes().size());
}

TEST(Plan, OneCoreMeansOneThread) {
  for (const PlanItem& item : make_plan(1)) EXPECT_EQ(item.threads, 1u);
}

TEST(Slabs, KeepKAndNAndCapRows) {
  const Problem large{.op = Op::gemm, .format = FormatId::q4_K, .m = 53248, .n = 512, .k = 16384};
  const Problem slab = slab_of(large);
  EXPECT_EQ(slab.k, large.k);
  EXPECT_EQ(slab.n, large.n);
  EXPECT_EQ(slab.m, 64u);
  const Problem small{.op = Op::gemv, .format = FormatId::q4_0, .m = 256, .n = 1, .k = 2048};
  EXPECT_EQ(slab_of(small), small);
  EXPECT_LE(row_bytes(FormatId::f32, 8192) *
                slab_of({.op = Op::gemv, .format = FormatId::f32, .m = 1 << 20, .n = 1, .k = 8192}).m,
            8u << 20);
}

TEST(Statistics, MedianAndItsInterval) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(median_spread({1}), 0);
  EXPECT_EQ(median_spread({1, 2, 3}), 0.5);  // the range stands in
  std::vector<double> many;
  for (int i = 1; i <= 100; ++i) many.push_back(i);
  // Ranks 40 and 61 of 100: (61 - 40) / 2 of a median of 50.5.
  EXPECT_NEAR(median_spread(many), 10.5 / 50.5, 1e-12);
}

}  // namespace
}  // namespace weighin
