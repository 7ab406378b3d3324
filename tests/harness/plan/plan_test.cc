// The plan: every class and format, each problem once, bounds first.
#include "harness/plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/plan/plan_items.h"
#include "harness/plan/slabs.h"
#include "harness/timing/statistics.h"
#include "models/names/catalogue.h"

namespace weighin {
namespace {

TEST(Plan, HoldsEachProblemOnce) {
  std::set<std::pair<Problem, uint32_t>> seen;
  for (const PlanItem& item : make_plan({.threads = 2}))
    EXPECT_TRUE(seen.insert({item.problem, item.threads}).second) << describe(item.problem);
}

TEST(Plan, BoundsComeFirstAtEachThreadCount) {
  const auto plan = make_plan({.threads = 4});
  for (size_t i = 0; i < plan.size(); ++i)
    EXPECT_EQ(is_bound(plan[i].problem.op), i < 8) << describe(plan[i].problem);
}

/// The formats of one operation's weights that are planned for a class.
std::set<FormatId> planned_formats(const std::vector<PlanItem>& plan, Op op, std::string_view size_class) {
  std::set<FormatId> formats;
  for (const PlanItem& item : plan) {
    const auto& classes = item.size_classes;
    if (item.problem.op == op && std::find(classes.begin(), classes.end(), size_class) != classes.end()) {
      formats.insert(item.problem.format);
    }
  }
  return formats;
}

/// Files in MXFP4 have that format in experts alone.
constexpr FormatId of_experts = FormatId::mxfp4;

TEST(Plan, EveryClassDecodesAndPrefillsInEveryFormatItsRowsAllow) {
  const auto plan = make_plan({.threads = 2});
  for (const SizeClass& size_class : all_size_classes()) {
    const ModelShape& model = reference_model(size_class);
    for (const Op op : {Op::gemv, Op::gemm}) {
      const std::set<FormatId> planned = planned_formats(plan, op, size_class.name);
      for (const QuantFormat& format : kernel_formats()) {
        const bool whole_blocks = model.width % format.block_values == 0;
        if (!whole_blocks || (format.id == of_experts && model.experts == 0)) continue;
        EXPECT_TRUE(planned.contains(format.id))
            << size_class.name << " " << format.name << " " << op_name(op);
      }
    }
  }
}

TEST(Plan, AllThreadsComeBeforeOne) {
  const auto plan = make_plan({.threads = 2});
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
  for (const PlanItem& item : make_plan({})) EXPECT_EQ(item.threads, 1u);
}

constexpr uint64_t working_set = uint64_t{256} << 20;

TEST(Plan, WhateverPartIsReachedCoversAllFormats) {
  const auto plan = make_plan({.threads = 2});
  std::set<FormatId> decoded{of_experts}, prefilled{of_experts};
  // 18 formats, a dozen products of one class each.
  for (size_t i = 0; i < plan.size() / 8; ++i) {
    if (plan[i].problem.op == Op::gemv) decoded.insert(plan[i].problem.format);
    if (plan[i].problem.op == Op::gemm) prefilled.insert(plan[i].problem.format);
  }
  EXPECT_EQ(decoded.size(), kernel_formats().size());
  EXPECT_EQ(prefilled.size(), kernel_formats().size());
}

// So that a run that is cut short can price every class in formats that were measured.
TEST(Plan, RankedFormatsOfEveryClassComeBeforeTheRest) {
  const auto plan = make_plan({.threads = 2});
  const std::vector<PlanItem> first(plan.begin(), plan.begin() + static_cast<ptrdiff_t>(plan.size() / 5));
  for (const SizeClass& size_class : all_size_classes()) {
    for (const FileFormatId id : ranked_formats()) {
      const FormatId format = file_format_of(id).base;
      if (reference_model(size_class).width % format_of(format).block_values != 0) continue;
      for (const Op op : {Op::gemv, Op::gemm})
        EXPECT_TRUE(planned_formats(first, op, size_class.name).contains(format))
            << size_class.name << " " << format_of(format).name << " " << op_name(op);
    }
  }
}

TEST(Plan, ItemsThatReadTheSameWeightsFollowEachOther) {
  const auto plan = make_plan({.threads = 2});
  size_t changes = 0;
  FormatId format = FormatId::none;
  for (const PlanItem& item : plan) {
    if (!is_matrix(item.problem.op)) continue;
    changes += item.problem.format != format;
    format = item.problem.format;
  }
  // Once for the leading class, once for each ranked format and each format at both thread counts, and for
  // whole matrices.
  EXPECT_LE(changes, 6 * kernel_formats().size());
}

TEST(Plan, ProductsOfExpertsAreMeasuredInTheRankedFormatsWithAllThreads) {
  const auto plan = make_plan({.threads = 2});
  std::set<std::pair<FormatId, bool>> planned;
  for (const PlanItem& item : plan) {
    if (item.problem.op != Op::expert_products) continue;
    EXPECT_EQ(item.threads, 2U) << describe(item.problem);
    planned.emplace(item.problem.format, item.problem.n == 1);
  }
  for (const FileFormatId id : ranked_formats())
    for (const bool decode : {true, false})
      EXPECT_TRUE(planned.contains({file_format_of(id).base, decode})) << file_format_of(id).name;
  EXPECT_TRUE(planned.contains({FormatId::mxfp4, true})) << "gpt-oss has it in its experts";
}

TEST(Plan, FullAddsBatchesDepthsAndWholeMatrices) {
  const auto normal = make_plan({.threads = 2}), full = make_plan({.threads = 2, .extent = Extent::full});
  EXPECT_GT(full.size(), 3 * normal.size());
  for (size_t i = 0; i < normal.size(); ++i)
    EXPECT_EQ(full[i].problem, normal[i].problem);  // --full adds at the end
  const auto has = [&](auto of) { return std::any_of(full.begin(), full.end(), of); };
  EXPECT_TRUE(has([](const PlanItem& i) { return i.problem.op == Op::gemm && i.problem.n == 2; }));
  EXPECT_TRUE(
      has([](const PlanItem& i) { return i.problem.op == Op::attention && i.problem.context > 30000; }));
}

TEST(Plan, OnlyFullAddsOtherCachesAndEverySharingOfKvHeads) {
  const auto over_q8_0 = [](const PlanItem& i) {
    const bool attention = i.problem.op == Op::attention || i.problem.op == Op::prefill_attention;
    return attention && i.problem.format == FormatId::q8_0;
  };
  const auto normal = make_plan({.threads = 2}), full = make_plan({.threads = 2, .extent = Extent::full});
  EXPECT_EQ(std::count_if(normal.begin(), normal.end(), over_q8_0), 0);
  for (const FormatId cache : {FormatId::f16, FormatId::q8_0}) {
    for (const uint32_t group : {1U, 4U, 8U, 32U}) {
      for (const uint32_t context : {128U, 512U, 2048U, 32768U}) {
        EXPECT_TRUE(std::any_of(full.begin(), full.end(),
                                [&](const PlanItem& i) {
                                  const Problem& p = i.problem;
                                  return p.op == Op::attention && p.format == cache &&
                                         p.heads == group * p.kv_heads && p.context == context;
                                }))
            << format_of(cache).name << " " << group << " " << context;
      }
    }
  }
  for (const uint32_t n : {2U, 4U, 8U}) {
    EXPECT_TRUE(std::any_of(full.begin(), full.end(), [&](const PlanItem& i) {
      return i.problem.op == Op::gemm && i.problem.n == n;
    })) << n;
  }
}

TEST(PlanItems, ASlabStandsForThoseOfUpToTwiceItsRows) {
  const PlanScope scope{.threads = 2};
  PlanItems items(scope);
  const auto add = [&](uint64_t rows) {
    items.add_slab({.op = Op::gemv, .format = FormatId::f16, .m = rows, .n = 1, .k = 256}, 2, "1B");
    return items.size();
  };
  EXPECT_EQ(add(64), 1u);
  EXPECT_EQ(add(128), 1u);
  EXPECT_EQ(add(32), 1u);
  EXPECT_EQ(add(192), 2u);
  EXPECT_EQ(add(16), 3u);
}

TEST(Slabs, KeepKAndNAndCapRows) {
  const Problem large{.op = Op::gemm, .format = FormatId::q4_K, .m = 53248, .n = 512, .k = 16384};
  const Problem slab = slab_of(large, 2, working_set);
  EXPECT_EQ(slab.k, large.k);
  EXPECT_EQ(slab.n, large.n);
  EXPECT_EQ(slab.m, 128U);
  const Problem small{.op = Op::gemv, .format = FormatId::q4_0, .m = 256, .n = 1, .k = 2048};
  EXPECT_EQ(slab_of(small, 2, working_set), small);
  const Problem head{.op = Op::gemv, .format = FormatId::f32, .m = 1 << 20, .n = 1, .k = 8192};
  EXPECT_LE(row_bytes(FormatId::f32, 8192) * slab_of(head, 2, working_set).m, 8U << 20);
}

TEST(Slabs, OfExpertsKeepTheTokensOfEach) {
  const Problem whole{.op = Op::expert_products,
                      .format = FormatId::q4_0,
                      .m = 768,
                      .n = 512,
                      .k = 2048,
                      .heads = 128,
                      .kv_heads = 8};
  for (const FormatId format : {FormatId::q4_0, FormatId::f16}) {
    for (const uint32_t tokens : {1U, 512U}) {
      for (const uint64_t bytes : {working_set, uint64_t{16} << 20}) {
        Problem problem = whole;
        problem.format = format;
        problem.n = tokens;
        const Problem slab = slab_of(problem, 2, bytes);
        EXPECT_EQ(slab.k, problem.k);
        EXPECT_EQ(slab.kv_heads, problem.kv_heads);
        EXPECT_LE(row_bytes(format, slab.k) * slab.m * slab.heads, bytes / 4) << describe(slab);
        EXPECT_GE(slab.heads, 2 * slab.kv_heads) << describe(slab);
        EXPECT_LT(cost_of(slab).operations, cost_of(whole).operations);
        if (tokens > 1) {
          EXPECT_TRUE(same_rate(slab, problem)) << describe(slab);
          EXPECT_GT(slab.n, 1U);
        }
      }
    }
  }
}

TEST(Slabs, FollowTheMeasuredArithmetic) {
  const Problem prefill{.op = Op::gemm, .format = FormatId::q4_0, .m = 16384, .n = 512, .k = 2048};
  const auto rows = [&](double factor) {
    const ArithmeticRates rates{100e9 * factor, 200e9 * factor, 400e9 * factor};
    return slab_of(prefill, 2, working_set, rates).m;
  };
  EXPECT_EQ(rows(1), slab_of(prefill, 2, working_set).m);
  EXPECT_GT(rows(4), 3 * rows(1));
  EXPECT_EQ(rows(1.0 / 64), 64U) << "one panel of 32 rows for each thread at least";
}

TEST(Slabs, GiveEveryThreadWorkAndRotateThroughASmallWorkingSet) {
  const Problem large{.op = Op::gemm, .format = FormatId::q4_K, .m = 53248, .n = 512, .k = 16384};
  EXPECT_EQ(slab_of(large, 64, uint64_t{4} << 30).m, 64U * 64U);
  const Problem head{.op = Op::gemv, .format = FormatId::f32, .m = 1 << 20, .n = 1, .k = 8192};
  const uint64_t bytes = row_bytes(FormatId::f32, 8192) * slab_of(head, 2, uint64_t{16} << 20).m;
  EXPECT_LE(bytes, uint64_t{4} << 20);
  EXPECT_GT(bytes, 0U);
}

TEST(Statistics, MedianAndItsInterval) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(median_spread({1}), 0);
  EXPECT_EQ(median_spread({1, 2, 3}), 0.5);  // half the range
  std::vector<double> many;
  for (int i = 1; i <= 100; ++i) many.push_back(i);
  // Ranks 40 and 61 of 100: (61 - 40) / 2 of a median of 50.5.
  EXPECT_NEAR(median_spread(many), 10.5 / 50.5, 1e-12);
}

}  // namespace
}  // namespace weighin
