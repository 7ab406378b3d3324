// Costs of an engine's own operations: the lines that they are scaled along, and steps that are made of them.
#include "results/measured/engine_costs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "results/measured/engine_step_time.h"
#include "results/measured/predict.h"
#include "tests/results/fit/toy_model.h"

namespace weighin {
namespace {

constexpr const char* engine = "llama.cpp 0.25.1 zen4";

Measurement theirs(int64_t id, Problem problem, double seconds) {
  Measurement m = toy::measured(id, problem, seconds);
  m.engine = engine;
  return m;
}

/// Products: 20 us and 1 us a row of 256 values (decode), 2 ms and 50 us a row (prefill). Attention: 10 us
/// and 1 us a token. A prompt's: 20 ms. A node: 3 us; a graph's start: 100 us.
std::vector<Measurement> rows() {
  return {theirs(1, toy::gemv(64, 256), 84e-6),
          theirs(2, toy::gemv(256, 256), 276e-6),
          theirs(3, toy::gemm(64, 256, 512), 5.2e-3),
          theirs(4, toy::gemm(256, 256, 512), 14.8e-3),
          theirs(5, toy::attention(100), 110e-6),
          theirs(6, toy::attention(200), 210e-6),
          theirs(7, toy::prefill_attention(512), 20e-3),
          theirs(8, {.op = Op::dispatch}, 3e-6),
          theirs(9, {.op = Op::submit}, 100e-6),
          theirs(10, {.op = Op::add, .n = 1, .k = 256}, 4e-6),
          theirs(11, {.op = Op::add, .n = 1, .k = 1024}, 10e-6)};
}

std::vector<const Measurement*> pointers(const std::vector<Measurement>& measured) {
  std::vector<const Measurement*> found;
  for (const Measurement& m : measured) found.push_back(&m);
  return found;
}

double seconds(const Problem& problem, const std::vector<Measurement>& measured = rows()) {
  const auto cost = EngineCosts(pointers(measured), 1).of(problem);
  return cost ? cost->seconds : -1;
}

TEST(EngineCosts, TwoSlabsTellTheFixedPartFromTheRows) {
  EXPECT_NEAR(seconds(toy::gemv(1024, 256)), 20e-6 + 1024 * 1e-6, 1e-9);
  EXPECT_NEAR(seconds(toy::gemv(64, 256)), 84e-6, 1e-9);
  EXPECT_NEAR(seconds(toy::gemm(1024, 256, 512)), 2e-3 + 1024 * 50e-6, 1e-9);
  // The fixed part, which rounds the activations, grows with the row's length.
  EXPECT_NEAR(seconds(toy::gemv(1024, 512)), 2 * (20e-6 + 1024 * 1e-6), 1e-9);
}

TEST(EngineCosts, AFixedPartIsNeverMoreThanHalfOrLessThanNothing) {
  auto noisy = rows();
  noisy[0].seconds = 300e-6;  // fewer rows took longer
  EXPECT_LE(seconds(toy::gemv(512, 256), noisy), 2 * 276e-6);
  EXPECT_GT(seconds(toy::gemv(512, 256), noisy), 276e-6);
  noisy[0].seconds = 1e-6;
  EXPECT_NEAR(seconds(toy::gemv(512, 256), noisy), 2 * 276e-6, 1e-9);
}

TEST(EngineCosts, ASmallBatchReadsEveryWeightOnce) {
  EXPECT_GE(seconds(toy::gemm(1024, 256, 2)), seconds(toy::gemv(1024, 256)));
}

TEST(EngineCosts, AttentionGrowsWithItsTokens) {
  EXPECT_NEAR(seconds(toy::attention(1000)), 10e-6 + 1000 * 1e-6, 1e-8);
  EXPECT_NEAR(seconds(toy::prefill_attention(1024)), 80e-3, 1e-3);
}

TEST(EngineCosts, SmallOperationsLieOnTheLineBetweenTheMeasuredSizes) {
  EXPECT_NEAR(seconds({.op = Op::add, .n = 1, .k = 512}), 6e-6, 1e-12);
  EXPECT_NEAR(seconds({.op = Op::add, .n = 1, .k = 2048}), 18e-6, 1e-12);
  EXPECT_EQ(seconds({.op = Op::rope, .m = 4, .n = 1, .k = 64}), -1);
}

TEST(EngineCosts, SmallModelsAreReadInPartFromTheCache) {
  auto measured = rows();
  for (const auto& [mib, seconds] :
       {std::pair{32U, 138e-6}, std::pair{64U, 207e-6}, std::pair{128U, 300e-6}}) {
    Problem walk = toy::gemv(256, 256);
    walk.context = mib;
    measured.push_back(theirs(mib, walk, seconds));  // of 276 us over all weights
  }
  const auto all = pointers(measured);
  const EngineCosts costs(all, 1);
  constexpr double mib = 1 << 20;
  EXPECT_NEAR(costs.cached(FormatId::f16, 10 * mib).share, 0.5, 1e-9);
  EXPECT_NEAR(costs.cached(FormatId::f16, 64 * mib).share, std::sqrt(0.75 * 1), 1e-9);
  EXPECT_NEAR(costs.cached(FormatId::f16, 32 * std::sqrt(2) * mib).share, std::sqrt(0.625 * 0.875), 1e-6);
  EXPECT_EQ(costs.cached(FormatId::f16, 128 * mib).share, 1);  // never slower than without a cache
  EXPECT_EQ(costs.cached(FormatId::f16, 1e12).share, 1);
  // Where a walk over twice as many weights takes longer, how much the cache keeps is not known.
  EXPECT_EQ(costs.cached(FormatId::f16, 10 * mib).error, 0);
  EXPECT_NEAR(costs.cached(FormatId::f16, 32 * std::sqrt(2) * mib).error, 0.125 / std::sqrt(0.625 * 0.875),
              1e-6);
  EXPECT_EQ(costs.cached(FormatId::f16, 1e12).error, 0);
  // A format without walks takes those of another one; without any, all comes from memory.
  EXPECT_NEAR(costs.cached(FormatId::q8_0, 10 * mib).share, 0.5, 1e-9);
  EXPECT_EQ(EngineCosts(pointers(rows()), 1).cached(FormatId::f16, 10 * mib).share, 1);
  // A walk prices no product by itself.
  EXPECT_NEAR(costs.of(toy::gemv(256, 256))->seconds, 276e-6, 1e-9);
}

TEST(EngineCosts, AWalkOverFewerWeightsThatTookLongerWasDisturbed) {
  auto measured = rows();
  for (const auto& [mib, seconds] : {std::pair{32U, 250e-6}, std::pair{64U, 138e-6}}) {
    Problem walk = toy::gemv(256, 256);
    walk.context = mib;
    measured.push_back(theirs(mib, walk, seconds));
  }
  const auto all = pointers(measured);
  EXPECT_NEAR(EngineCosts(all, 1).cached(FormatId::f16, 16 * double{1 << 20}).share, 0.5, 1e-9);
}

TEST(EngineCosts, WhatATokenReadsIsItsWeightsAllItsExpertsAndItsCache) {
  const Problem product = toy::gemv(1024, 256), attention = toy::attention(100);
  Problem experts{.op = Op::expert_products,
                  .format = FormatId::f16,
                  .m = 8,
                  .n = 1,
                  .k = 256,
                  .heads = 4,
                  .kv_heads = 2};
  const double weights = 2.0 * 1024 * 256, of_experts = 2.0 * 8 * 256 * 4;
  EXPECT_EQ(bytes_of_token({{product, 3, ""}, {experts, 2, ""}, {attention, 1, ""}}),
            3 * weights + 2 * of_experts + cost_of(attention).bytes_read);
}

TEST(EngineCosts, RowsThatAreWrongOrOfAnotherThreadCountCountForNothing) {
  auto measured = rows();
  measured[0].status = measured[1].status = Status::wrong;
  EXPECT_EQ(seconds(toy::gemv(64, 256), measured), -1);
  EXPECT_FALSE(EngineCosts(pointers(rows()), 2).of(toy::gemv(64, 256)));
}

TEST(EngineCosts, TheNewestEngineOfThatNameAnswers) {
  auto measured = rows();
  EXPECT_EQ(measured_engine(measured, "llama.cpp", ""), engine);
  EXPECT_EQ(measured_engine(measured, "onnxruntime", ""), "");
  EXPECT_EQ(measured_engine(measured, "llama.cpp", "a GPU"), "");
  measured.push_back(theirs(100, toy::gemv(64, 256), 1));
  measured.back().engine = "llama.cpp 2 zen5";
  EXPECT_EQ(measured_engine(measured, "llama.cpp", ""), "llama.cpp 2 zen5");
}

TEST(EngineStep, AnswersForTheEngineAreComposedOfItsOwnRows) {
  const auto ours = toy::measurements();
  const auto measured = rows();
  const CostModel with(ours, {}, measured), without(ours);
  ASSERT_EQ(with.engine_thread_counts(llamacpp_engine), std::vector<uint32_t>{1});
  EXPECT_TRUE(with.engine_thread_counts(reference_engine).empty());
  const ModelShape shape = toy::model();
  const auto predict = [&](const CostModel& costs, std::string_view of) {
    return predict_on_cpu({shape, file_format_of(FileFormatId::f16), 512, 199, 1000}, costs, {.engine = of});
  };
  const Prediction p = predict(with, llamacpp_engine);
  ASSERT_TRUE(p.decode_tps && p.prefill_tps);
  EXPECT_EQ(p.efficiency, EfficiencyBasis::measured);
  EXPECT_NE(p.efficiency_source.find(engine), std::string::npos) << p.efficiency_source;
  double decode_s = 0;
  for (const Term& term : p.terms) decode_s += term.phase == Phase::decode ? term.seconds : 0;
  EXPECT_NEAR(1 / p.decode_tps->mid, decode_s, 1e-9);
  // 11 products of 1024 rows, 10 layers of attention over 200 tokens, a graph's start, and its small nodes.
  EXPECT_GT(decode_s, 11 * 1044e-6 + 10 * 210e-6 + 100e-6);
  EXPECT_LT(decode_s, 1.2 * (11 * 1044e-6 + 10 * 210e-6 + 100e-6));
  EXPECT_LT(p.decode_tps->low, p.decode_tps->mid);
  // The reference kernels' own answer does not change.
  EXPECT_EQ(predict(with, reference_engine).decode_tps->mid,
            predict(without, reference_engine).decode_tps->mid);
}

TEST(EngineStep, AFormatThatTheEngineHasNoRowOfIsAnsweredByFactors) {
  auto ours = toy::measurements();
  for (const Measurement& m : toy::measurements(1, FormatId::q8_0)) ours.push_back(m);
  const auto measured = rows();  // f16 alone
  const CostModel costs(ours, {}, measured);
  const ModelShape shape = toy::model();
  const Prediction p = predict_on_cpu({shape, file_format_of(FileFormatId::q8_0), 512, 199, 1000}, costs,
                                      {.engine = llamacpp_engine});
  ASSERT_TRUE(p.decode_tps);
  EXPECT_NE(p.efficiency, EfficiencyBasis::measured);
}

}  // namespace
}  // namespace weighin
