// The check of outputs against the reference: which outputs it compares, and what it says of them.
#include "kernels/reference/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace weighin {
namespace {

std::vector<uint64_t> compared(uint64_t count, uint32_t samples) {
  std::vector<uint64_t> outputs;
  check_outputs(count, samples, 0, [&](uint64_t output) {
    outputs.push_back(output);
    return 0.0;
  });
  return outputs;
}

TEST(CheckOutputs, SamplesRiseAndAreSpreadOverAllAndTheLastIsTheLastOutput) {
  for (const uint64_t count : {1U, 2U, 63U, 64U, 65U, 1000U, 1U << 20}) {
    for (const uint32_t samples : {1U, 2U, 16U, 64U}) {
      const std::vector<uint64_t> outputs = compared(count, samples);
      ASSERT_EQ(outputs.size(), std::min<uint64_t>(count, samples));
      EXPECT_EQ(outputs.back(), count - 1);
      for (size_t i = 0; i + 1 < outputs.size(); ++i) {
        EXPECT_GE(outputs[i], i * count / outputs.size());
        EXPECT_LT(outputs[i], (i + 1) * count / outputs.size());
      }
    }
  }
}

TEST(CheckOutputs, EveryOutputIsComparedWhereNoFewerAreAskedFor) {
  const std::vector<uint64_t> outputs = compared(100, std::numeric_limits<uint32_t>::max());
  ASSERT_EQ(outputs.size(), 100U);
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(outputs[i], i);
}

TEST(CheckOutputs, SamplesOfAMatrixMeetManyRowsAndManyTokens) {
  constexpr uint64_t rows = 2048, tokens = 512;
  std::set<uint64_t> of_rows, of_tokens;
  for (const uint64_t output : compared(rows * tokens, 64)) {
    of_rows.insert(output / tokens);
    of_tokens.insert(output % tokens);
  }
  EXPECT_GT(of_rows.size(), 32U);
  EXPECT_GT(of_tokens.size(), 32U);
}

TEST(CheckOutputs, TheLargestErrorCounts) {
  const auto error_of = [](uint64_t output) { return output == 3 ? 0.5 : 0.25; };
  EXPECT_EQ(check_outputs(5, 5, 0.5, error_of).error, 0.5);
  EXPECT_TRUE(check_outputs(5, 5, 0.5, error_of).right());
  EXPECT_FALSE(check_outputs(5, 5, 0.4, error_of).right());
}

TEST(CheckOutputs, WhatIsNotANumberIsWrongWhateverFollows) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Check check = check_outputs(5, 5, 1, [&](uint64_t output) { return output == 2 ? nan : 0; });
  EXPECT_TRUE(std::isnan(check.error));
  EXPECT_FALSE(check.right());
  EXPECT_FALSE(failed_check(1).right());
}

}  // namespace
}  // namespace weighin
