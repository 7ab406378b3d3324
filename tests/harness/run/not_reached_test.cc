// What a run did not reach, told by class.
#include "harness/run/not_reached.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace weighin {
namespace {

Measurement skipped(Op op, uint64_t m, const std::string& size_class) {
  Measurement row;
  row.problem = {.op = op, .format = FormatId::q4_0, .m = m, .n = 1, .k = 4096};
  row.threads = 2;
  row.status = Status::skipped;
  row.reason = "budget";
  row.size_classes = {size_class};
  return row;
}

std::vector<Measurement> many() {
  std::vector<Measurement> rows;
  for (uint64_t m = 1; m <= 150; ++m)
    rows.push_back(skipped(m % 3 ? Op::gemv : Op::gemm, m, m < 100 ? "7B" : "70B"));
  return rows;
}

TEST(NotReached, FewRowsAreKeptAsTheyAre) {
  EXPECT_EQ(rows_of_not_reached({skipped(Op::gemv, 1, "7B"), skipped(Op::gemv, 2, "70B")}).size(), 2U);
}

TEST(NotReached, ManyAreOneRowForEachOperationFormatAndThreadCount) {
  const auto rows = rows_of_not_reached(many());
  ASSERT_EQ(rows.size(), 2U);
  for (const Measurement& row : rows) {
    EXPECT_EQ(row.status, Status::skipped);
    EXPECT_EQ(row.reason, "budget");
    EXPECT_EQ(row.size_classes, (std::vector<std::string>{"7B", "70B"}));
  }
}

TEST(NotReached, TheSentenceTellsWhatEachClassHas) {
  std::vector<PlanItem> items;
  for (const Measurement& row : many()) items.push_back({row.problem, row.threads, row.size_classes});
  items.push_back({{.op = Op::gemv, .format = FormatId::q8_0, .m = 9, .n = 1, .k = 4096}, 2, {"7B"}});
  items.push_back({{.op = Op::gemm, .format = FormatId::q8_0, .m = 9, .n = 512, .k = 4096}, 2, {"7B"}});
  items.push_back({{.op = Op::gelu, .n = 1, .k = 4096}, 2, {"1B"}});
  const std::string sentence = sentence_of_not_reached(items, many());
  EXPECT_NE(sentence.find("7B (2 of 101 problems measured, decode and prefill in 1 of 2 formats)"),
            std::string::npos)
      << sentence;
  EXPECT_NE(sentence.find("70B (0 of 51 problems measured, decode and prefill in 0 of 1 formats)"),
            std::string::npos)
      << sentence;
  EXPECT_EQ(sentence.find("1B ("), std::string::npos) << "it lacks nothing: " << sentence;
  EXPECT_EQ(sentence_of_not_reached(items, {}), "");
}

}  // namespace
}  // namespace weighin
