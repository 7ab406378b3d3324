// Products of experts are compared with the double-precision reference, whatever tokens use which experts.
#include "kernels/cpu/matrix/expert_products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "kernels/cpu/matrix/products.h"
#include "kernels/table/all_kernels.h"

namespace weighin {
namespace {

constexpr uint64_t working_set_bytes = uint64_t{4} << 20;
constexpr uint32_t all_outputs = std::numeric_limits<uint32_t>::max();

/// 6 experts of which each token uses 2; 40 rows are more than a panel and no multiple of one.
Problem problem_of(FormatId format, uint32_t tokens) {
  return {.op = Op::expert_products,
          .format = format,
          .m = 40,
          .n = tokens,
          .k = format_of(format).quantized() ? 1280U : 301U,
          .heads = 6,
          .kv_heads = 2};
}

/// Every token uses experts 4 and 1; the others have no rows.
Router same_for_all(const Problem& problem) {
  return [problem](uint64_t) {
    Routing routing;
    for (uint32_t token = 0; token < problem.n; ++token) routing.insert(routing.end(), {4, 1});
    return routing;
  };
}

/// Expert 5 computes every token and each other expert at most a few; expert 0 none.
Router one_has_all(const Problem& problem) {
  return [problem](uint64_t run) {
    Routing routing;
    for (uint32_t token = 0; token < problem.n; ++token)
      routing.insert(routing.end(), {5, 1 + static_cast<uint32_t>((token + run) % 4)});
    return routing;
  };
}

void expect_right(const Kernel& kernel, const Problem& problem, Workbench& bench, const Router& router,
                  const std::string& what) {
  auto ready = prepare_experts(problem, bench, *kernel.matrix, kernel.ahead, router);
  ASSERT_TRUE(ready.has_value()) << ready.error();
  for (int run = 0; run < 2; ++run) {
    const Check check = (*ready)->check(all_outputs);
    EXPECT_TRUE(check.right()) << kernel.name << " " << describe(problem) << " " << what << ": "
                               << check.error << " > " << check.tolerance;
  }
}

class ExpertProducts : public testing::TestWithParam<Data> {};

TEST_P(ExpertProducts, AreRightWhateverTokensUse) {
  const auto seed = static_cast<uint64_t>(GTEST_FLAG_GET(random_seed));  // scripts/soak
  WeightPool weights(working_set_bytes, 4 * working_set_bytes, 1 + seed, GetParam());
  // A team whose pieces are fixed, and one whose threads take them as they become free.
  const bool ordinary = GetParam() == Data::ordinary;
  ThreadPool pool(ordinary ? 3 : 2, ordinary ? Cores::as_found : Cores::unlike);
  Workbench bench{pool, weights, "", 7 + seed, GetParam()};
  for (const Kernel& kernel : expert_kernels()) {
    if (!runs(this_cpu(), kernel.isa) || kernel.ahead.bytes > 0) continue;
    for (const uint32_t tokens : {1U, 9U}) {
      const Problem problem = problem_of(kernel.format, tokens);
      if (tokens == 1 && kernel.matrix->gemv == nullptr) continue;
      expect_right(kernel, problem, bench, {}, "drawn");
      expect_right(kernel, problem, bench, same_for_all(problem), "the same for all");
      expect_right(kernel, problem, bench, one_has_all(problem), "one has all");
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Data, ExpertProducts, testing::Values(Data::ordinary, Data::adversarial));

TEST(ExpertKernels, AreThoseOfProductsWithTheirSuffixes) {
  std::set<std::string> names;
  for (const Kernel& kernel : expert_kernels()) EXPECT_TRUE(names.insert(kernel.name).second) << kernel.name;
  for (const Kernel& product : matrix_kernels()) {
    if (product.op == Op::gemm || (product.packing.rows == 0 && product.ahead.bytes > 0)) continue;
    EXPECT_TRUE(names.contains("cpu.expert_products" + product.name.substr(std::string("cpu.gemv").size())))
        << product.name;
  }
}

TEST(ExpertKernels, TheRouterDrawsEachExpertAtMostOnceATokenAndAllInTurn) {
  const Problem problem{.op = Op::expert_products, .n = 3, .heads = 16, .kv_heads = 4};
  const Router router = random_router(problem, 5);
  std::set<uint32_t> reached;
  for (uint64_t run = 0; run < most_routings_of_token; ++run) {
    const Routing routing = router(run);
    ASSERT_EQ(routing.size(), 12U);
    EXPECT_EQ(routing, router(run));
    for (uint32_t token = 0; token < problem.n; ++token) {
      const std::set<uint32_t> used(routing.begin() + token * 4, routing.begin() + token * 4 + 4);
      EXPECT_EQ(used.size(), 4U);
      EXPECT_LT(*used.rbegin(), problem.heads);
      reached.insert(used.begin(), used.end());
    }
  }
  EXPECT_EQ(reached.size(), problem.heads);
  EXPECT_NE(router(0), router(1));
}

TEST(ExpertKernels, WhatCannotBeComputedIsRefused) {
  WeightPool weights(working_set_bytes, 4 * working_set_bytes);
  ThreadPool pool(1);
  Workbench bench{pool, weights, "", 7};
  const MatrixFunctions& functions = *matrix_functions_of(FormatId::q4_0, Isa::scalar, Layout::plain);
  const Problem good = problem_of(FormatId::q4_0, 3);
  ASSERT_TRUE(prepare_experts(good, bench, functions));
  Problem bad = good;
  bad.k = 33;
  EXPECT_FALSE(prepare_experts(bad, bench, functions)) << "no whole blocks";
  bad = good;
  bad.heads = 1;
  EXPECT_FALSE(prepare_experts(bad, bench, functions)) << "fewer experts than a token uses";
  bad = good;
  bad.m = working_set_bytes / row_bytes(good.format, good.k) / good.heads + 1;
  EXPECT_FALSE(prepare_experts(bad, bench, functions)) << "more weights than the working set";
  MatrixFunctions of_pairs = functions;
  of_pairs.gemv = nullptr;
  EXPECT_FALSE(prepare_experts(problem_of(FormatId::q4_0, 1), bench, of_pairs));
  EXPECT_TRUE(prepare_experts(good, bench, of_pairs));
}

const MatrixFunctions& sound() {
  return *matrix_functions_of(FormatId::q4_0, Isa::scalar, Layout::plain);
}

void last_row_is_missing(const MatrixWork& w, uint64_t first, uint64_t last) {
  sound().gemv(w, first, last == w.m ? last - 1 : last);
}
void last_token_is_the_first(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  sound().gemm(w, first, last, panel);
  for (uint64_t row = first; row < last; ++row) w.y[uint64_t{w.n - 1} * w.m + row] = w.y[row];
}

TEST(ExpertKernels, TheCheckSeesAWrongOutputOfAnyExpert) {
  WeightPool weights(working_set_bytes, 4 * working_set_bytes);
  ThreadPool pool(2);
  Workbench bench{pool, weights, "", 7};
  MatrixFunctions broken = sound();
  broken.gemv = last_row_is_missing;
  broken.gemm = last_token_is_the_first;
  for (const uint32_t tokens : {1U, 9U}) {
    const Problem problem = problem_of(FormatId::q4_0, tokens);
    const auto ready = prepare_experts(problem, bench, broken, {}, one_has_all(problem));
    ASSERT_TRUE(ready);
    EXPECT_FALSE((*ready)->check(all_outputs).right()) << tokens;
  }
}

}  // namespace
}  // namespace weighin
