// The cost of one operation from measurements with round seconds, and how sure a measurement is.
#include "results/measured/operation_costs.h"

#include <gtest/gtest.h>

#include "tests/results/fit/toy_model.h"

namespace weighin {
namespace {

TEST(Spread, OfTheMedianIsTheEightyPercentInterval) {
  Measurement m = toy::measured(1, toy::gemv(1024, 256), 1.0);
  m.spread = 0.196;  // half of the 95% interval: 1.96 standard deviations of 0.1
  EXPECT_NEAR(spread_of(m).slower, 0.12816, 1e-9);
  EXPECT_NEAR(spread_of(m).faster, 0.12816, 1e-9);
}

TEST(Spread, IsCutOffAtTheSamples) {
  Measurement m = toy::measured(1, toy::gemv(1024, 256), 1.0);
  m.spread = 0.5;
  m.samples = {0.98, 1.0, 1.0, 2.0};  // one was interrupted
  EXPECT_NEAR(spread_of(m).slower, 0.5 * 1.2816 / 1.96, 1e-9);
  EXPECT_NEAR(spread_of(m).faster, 1 / 0.98 - 1, 1e-9);
}

TEST(OperationCosts, AFewTokensReadEveryWeightOnce) {
  const Measurement one = toy::measured(1, toy::gemv(1024, 256), 1e-3);
  const Measurement many = toy::measured(2, toy::gemm(1024, 256, 512), 128e-3);
  const Measurement* const rows[] = {&one, &many};
  const MeasuredProblems measured(rows);
  const OperationCosts costs(measured, 1, nullptr);
  // By the tokens alone 2 of 512 would take half a millisecond, less than it takes to read the weights.
  const auto few = costs.of(toy::gemm(1024, 256, 2));
  ASSERT_TRUE(few);
  EXPECT_GE(few->seconds, 1e-3);
  EXPECT_TRUE(few->stand_in);
  EXPECT_NE(few->note.find("one pass over the weights"), std::string::npos) << few->note;
  // 64 tokens take more than one pass.
  EXPECT_NEAR(costs.of(toy::gemm(1024, 256, 64))->seconds, 16e-3, 4e-3);
}

}  // namespace
}  // namespace weighin
