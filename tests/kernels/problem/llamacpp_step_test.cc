// A step as llama.cpp's graph has it: the same products, and the small operations of the graph.
#include "kernels/problem/llamacpp_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "models/names/catalogue.h"

namespace weighin {
namespace {

std::map<Op, double> counts(const std::vector<ProblemUse>& step) {
  std::map<Op, double> found;
  for (const ProblemUse& use : step) found[use.problem.op] += use.times;
  return found;
}

double operations(const std::vector<ProblemUse>& step, const std::string& part) {
  double sum = 0;
  for (const ProblemUse& use : step)
    if (use.part == part) sum += use.times * cost_of(use.problem).operations;
  return sum;
}

const ModelShape& model(const char* name) {
  const ModelShape* found = find_model(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

TEST(LlamacppStep, HasTheNodesOfALlamaLayer) {
  const ModelShape& shape = model("tinyllama-1.1b");
  const FileFormat& format = file_format_of(FileFormatId::q4_0);
  const auto step = decode_step(shape, format, 100);
  auto ours = counts(step), theirs = counts(llamacpp_step(step, shape, 1));
  const double layers = shape.layers;
  EXPECT_EQ(theirs[Op::gemv], ours[Op::gemv]);
  EXPECT_EQ(theirs[Op::attention], layers);
  EXPECT_EQ(theirs[Op::quantize], 0);  // part of each product
  EXPECT_EQ(theirs[Op::rms_norm], 2 * layers + 1);
  EXPECT_EQ(theirs[Op::rope], 2 * layers);         // queries and keys apart
  EXPECT_EQ(theirs[Op::cache_write], 2 * layers);  // keys and values
  EXPECT_EQ(theirs[Op::add], 2 * layers);          // residuals
  EXPECT_EQ(theirs[Op::swiglu], layers);
  EXPECT_EQ(theirs[Op::embedding], 3);  // the token's row, and two picks of the rows whose logits are wanted
  EXPECT_EQ(theirs[Op::submit], 1);
}

TEST(LlamacppStep, EachMicroBatchOfAPromptIsAGraph) {
  const ModelShape& shape = model("tinyllama-1.1b");
  const FileFormat& format = file_format_of(FileFormatId::q4_0);
  for (const auto& [tokens, graphs] : std::map<uint32_t, double>{{8, 1}, {512, 1}, {513, 2}, {1024, 2}}) {
    auto theirs = counts(llamacpp_step(prefill_step(shape, format, tokens), shape, tokens));
    EXPECT_EQ(theirs[Op::submit], graphs) << tokens;
    EXPECT_EQ(theirs[Op::swiglu], graphs * shape.layers) << tokens;
  }
}

TEST(LlamacppStep, TheExpertsOfALayerAreOneOperationOfTheSameWork) {
  const ModelShape& shape = model("olmoe-1b-7b");
  const FileFormat& format = file_format_of(FileFormatId::q4_0);
  for (const uint32_t tokens : {1U, 512U}) {
    const auto step = tokens == 1 ? decode_step(shape, format, 100) : prefill_step(shape, format, tokens);
    const auto theirs = llamacpp_step(step, shape, tokens);
    EXPECT_NEAR(counts(theirs)[Op::expert_products], 3.0 * shape.layers, 1e-6) << tokens;
    for (const char* part : {"expert_gate", "expert_up", "expert_down"})
      EXPECT_NEAR(operations(theirs, part) / operations(step, part), 1, 1e-6) << part << " " << tokens;
  }
}

TEST(LlamacppStep, PlacesSumToTheTimes) {
  const ModelShape& shape = model("gemma-3-1b");
  const auto step = decode_step(shape, file_format_of(FileFormatId::q8_0), 100);
  for (const ProblemUse& use : llamacpp_step(step, shape, 1)) {
    ASSERT_EQ(use.places.size(), shape.per_layer.size() + 2) << describe(use.problem);
    EXPECT_NEAR(std::accumulate(use.places.begin(), use.places.end(), 0.0), use.times, 1e-9)
        << describe(use.problem);
  }
}

}  // namespace
}  // namespace weighin
