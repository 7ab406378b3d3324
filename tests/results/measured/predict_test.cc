// Predictions are the sums one gets by hand from the measurements, and never from anything but measured ones.
#include "results/measured/predict.h"

#include <gtest/gtest.h>

#include "tests/results/fit/toy_model.h"

namespace weighin {
namespace {

Prediction toy_prediction(const std::vector<Measurement>& measurements,
                          FileFormatId format = FileFormatId::f16) {
  return predict_on_cpu({toy::model(), file_format_of(format), 512, 199, 1000}, CostModel(measurements));
}

TEST(Predict, AddsSlabsAndAttentionUpAsByHand) {
  const Prediction p = toy_prediction(toy::measurements());
  ASSERT_TRUE(p.decode_tps && p.prefill_tps && p.ttft_s);
  // 11 products of 1 ms; 10 layers of attention over 200 tokens, twice the measured 0.1 ms.
  EXPECT_NEAR(p.decode_tps->mid, 1 / 13e-3, 1e-6);
  // 10 products of 100 ms, 10 layers of 10 ms, the head once as a vector product.
  EXPECT_NEAR(p.prefill_tps->mid, 512 / 1.101, 1e-6);
  EXPECT_NEAR(p.ttft_s->mid, 1.101 + 13e-3, 1e-9);
  for (const auto& interval : {*p.decode_tps, *p.prefill_tps, *p.ttft_s}) {
    EXPECT_LT(interval.low, interval.mid);
    EXPECT_LT(interval.mid, interval.high);
  }
}

TEST(Predict, ExplainsWithTermsThatSumToTheWhole) {
  const Prediction p = toy_prediction(toy::measurements());
  double decode = 0;
  for (const Term& term : p.terms)
    if (term.phase == Phase::decode) decode += term.seconds;
  EXPECT_NEAR(decode, 13e-3, 1e-12);
  ASSERT_FALSE(p.terms.empty());
  EXPECT_EQ(p.terms.front().measurement, 1);
}

TEST(Predict, SlowerMachinesAreNeverPredictedFaster) {
  double last = 1e300;
  for (const double slower : {1.0, 1.1, 2.0, 10.0}) {
    const double tps = toy_prediction(toy::measurements(slower)).decode_tps->mid;
    EXPECT_LT(tps, last);
    last = tps;
  }
}

TEST(Predict, RowsOfAnEngineSayNothingOfTheReferenceKernels) {
  auto rows = toy::measurements();
  for (Measurement one : toy::measurements(0.5)) {
    one.engine = "llama.cpp 1 zen4";
    rows.push_back(std::move(one));
  }
  EXPECT_EQ(toy_prediction(rows).decode_tps->mid, toy_prediction(toy::measurements()).decode_tps->mid);
  const std::vector<Measurement> theirs(rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2),
                                        rows.end());
  EXPECT_FALSE(toy_prediction(theirs).decode_tps);
  EXPECT_EQ(isa_of(theirs), "");
}

TEST(Predict, TheInstructionSetIsThatOfMostKernelsWhateverTheyAskFor) {
  auto rows = toy::measurements();
  for (Measurement& m : rows)
    if (is_matrix(m.problem.op)) m.kernel = "cpu.gemv.q4_0.avx512vnni.ahead4k";
  EXPECT_EQ(isa_of(rows), "avx512vnni");
  for (Measurement& m : rows) m.kernel = "cpu.gemm.q4_0.avx2";
  EXPECT_EQ(isa_of(rows), "avx2");
  for (Measurement& m : rows) m.kernel = "cpu.gemm.q4_0";
  EXPECT_EQ(isa_of(rows), "");
}

TEST(Predict, TakesTheThreadCountThatIsFastest) {
  auto rows = toy::measurements();
  for (const Measurement& one : toy::measurements(0.5)) {
    rows.push_back(one);
    rows.back().threads = 4;
    rows.back().id += 10;
  }
  const Prediction p = toy_prediction(rows);
  EXPECT_NEAR(p.decode_tps->mid, 2 / 13e-3, 1e-6);
  EXPECT_NE(p.basis.find("4 threads"), std::string::npos) << p.basis;
}

TEST(Predict, EachPhaseTakesItsOwnBestThreadCountFromOneProductEach) {
  // All 8 threads in full; at 4 one product a phase: decode is a quarter faster there, prefill half as fast.
  auto rows = toy::measurements();
  for (Measurement& m : rows) m.threads = 8;
  rows.push_back(toy::measured(11, toy::gemv(512, 256), 0.375e-3, 4));
  rows.push_back(toy::measured(12, toy::gemm(512, 256, 512), 100e-3, 4));
  const Prediction p = toy_prediction(rows);
  ASSERT_TRUE(p.decode_tps && p.prefill_tps);
  EXPECT_NEAR(p.decode_tps->mid, 1 / (13e-3 * 0.75), 1e-6);  // attention as the product
  EXPECT_NEAR(p.prefill_tps->mid, 512 / 1.101, 1e-6);
  EXPECT_NE(p.basis.find("decode: measured at 4 threads, scaled from 8"), std::string::npos) << p.basis;
  EXPECT_NE(p.basis.find("prefill: measured at 8 threads"), std::string::npos) << p.basis;
}

TEST(Predict, AFormatThatTheOtherCountDidNotMeasureScalesToo) {
  auto rows = toy::measurements();
  for (Measurement& m : rows) m.threads = 8;
  rows.push_back(toy::measured(10, toy::gemv(512, 256, FormatId::q4_0), 0.2e-3, 8));
  rows.push_back(toy::measured(11, toy::gemv(512, 256, FormatId::q4_0), 0.1e-3, 4));
  const Prediction p = toy_prediction(rows);
  EXPECT_NEAR(p.decode_tps->mid, 2 / 13e-3, 1e-6);
  // One that is slower is not taken.
  rows.back().seconds = 0.3e-3;
  EXPECT_NEAR(toy_prediction(rows).decode_tps->mid, 1 / 13e-3, 1e-6);
}

TEST(Predict, AnotherCacheIsPricedByItsOwnMeasurementsOrElseAsF16) {
  auto rows = toy::measurements();
  const auto decode = [&] {
    return predict_on_cpu({toy::model(), file_format_of(FileFormatId::f16), 512, 199, 0, FormatId::q8_0},
                          CostModel(rows));
  };
  EXPECT_NEAR(decode().decode_tps->mid, 1 / 13e-3, 1e-6);
  bool said = false;
  for (const Term& term : decode().terms) said |= term.note.find("as over an f16 cache") != std::string::npos;
  EXPECT_TRUE(said);
  EXPECT_LT(decode().decode_tps->low, toy_prediction(rows).decode_tps->low);  // less sure
  Problem own = toy::attention(100);
  own.format = FormatId::q8_0;
  rows.push_back(toy::measured(9, own, 0.05e-3));
  EXPECT_NEAR(decode().decode_tps->mid, 1 / 12e-3, 1e-6);
}

TEST(Predict, ScalesOnlyWhatIsAboveTheBarrier) {
  auto rows = toy::measurements();
  for (Measurement& m : rows) m.threads = 2;
  rows.push_back(toy::measured(9, {.op = Op::barrier}, 0.02e-3, 2));
  const Prediction p = toy_prediction(rows);
  const double product = 0.02e-3 + 0.48e-3 * 2, attention = 0.02e-3 + 0.08e-3 * 2;
  EXPECT_NEAR(p.decode_tps->mid, 1 / (11 * product + 10 * attention), 1e-6);
}

TEST(Predict, UsesNothingThatWasNotMeasured) {
  for (const Status status : {Status::wrong, Status::failed, Status::skipped, Status::unsupported}) {
    auto rows = toy::measurements();
    rows[0].status = status;
    rows[0].reason = "budget";
    const Prediction p = toy_prediction(rows);
    EXPECT_FALSE(p.decode_tps);
    EXPECT_FALSE(p.ttft_s);
    EXPECT_NE(p.basis.find("gemv f16 was not measured"), std::string::npos) << p.basis;
    EXPECT_NE(p.basis.find("budget"), std::string::npos) << p.basis;
  }
}

TEST(Predict, AnotherFormatsMeasurementsDoNotStandIn) {
  EXPECT_FALSE(toy_prediction(toy::measurements(), FileFormatId::q8_0).decode_tps);
}

TEST(Predict, AQuantizedFormatStandsInForOneThatWasNotReachedAndWidensTheInterval) {
  const auto rows = toy::measurements(1, FormatId::q8_0);
  const Prediction exact = toy_prediction(rows, FileFormatId::q8_0);
  const Prediction p = toy_prediction(rows, FileFormatId::q4_0);
  ASSERT_TRUE(exact.decode_tps && p.decode_tps && p.ttft_s);
  // Products of one token take as long as their bytes: 18 in place of 34 for 32 values, but for the output
  // head, which is q6_K. Attention takes as long.
  constexpr double attention_s = 10 * 0.1e-3;
  const double products_s = 1 / exact.decode_tps->mid - attention_s;
  EXPECT_GT(1 / p.decode_tps->mid, products_s * 18 / 34 + attention_s);
  EXPECT_LT(1 / p.decode_tps->mid, products_s + attention_s);
  EXPECT_NEAR(p.ttft_s->mid / exact.ttft_s->mid, 1, 0.01) << "many tokens take as long as their operations";
  EXPECT_GT(p.decode_tps->high / p.decode_tps->mid, exact.decode_tps->high / exact.decode_tps->mid);
}

TEST(Predict, TheNearestKStandsInByItsRateAndWidensTheInterval) {
  auto rows = toy::measurements();
  rows[0].problem.k = 512;  // the same seconds for twice the bytes: twice the rate
  const Prediction near = toy_prediction(rows), exact = toy_prediction(toy::measurements());
  EXPECT_NEAR(near.decode_tps->mid, 1 / (11 * 0.5e-3 + 2e-3), 1e-6);
  EXPECT_GT(near.decode_tps->high / near.decode_tps->mid, exact.decode_tps->high / exact.decode_tps->mid);
}

TEST(Predict, AnInterruptionWidensTheIntervalOnItsOwnSideOnly) {
  std::vector<Measurement> steady = toy::measurements(), interrupted = steady;
  for (Measurement& m : interrupted) {
    m.spread = 3;  // one sample of seven took six times as long
    m.samples = {m.seconds, m.seconds * 0.99, m.seconds * 6, m.seconds, m.seconds, m.seconds, m.seconds};
  }
  const Interval calm = *toy_prediction(steady).decode_tps, noisy = *toy_prediction(interrupted).decode_tps;
  EXPECT_NEAR(noisy.mid, calm.mid, 1e-9);
  EXPECT_NEAR(noisy.high, calm.high, 0.01 * calm.high);
  EXPECT_LT(noisy.low, 0.8 * calm.low);
}

TEST(Predict, SmallOperationsCountWhenMeasuredAndAreNamedWhenNot) {
  ModelShape shape = toy::model();
  shape.norms = 20;
  auto rows = toy::measurements();
  EXPECT_NE(predict_on_cpu({shape, file_format_of(FileFormatId::f16), 512, 199, 0}, CostModel(rows))
                .basis.find("rms_norm"),
            std::string::npos);
  rows.push_back(toy::measured(7, {.op = Op::rms_norm, .n = 1, .k = 128}, 0.05e-3));
  EXPECT_NEAR(predict_on_cpu({shape, file_format_of(FileFormatId::f16), 512, 199, 0}, CostModel(rows))
                  .decode_tps->mid,
              1 / (13e-3 + 20 * 0.1e-3), 1e-6);
}

TEST(Predict, OnlyActiveExpertsAreRead) {
  ModelShape shape = toy::model();
  shape.experts = 8;
  shape.experts_active = 2;
  shape.tensors[1] = {"blk.0.ffn_up_exps.weight", TensorRole::expert_up, 0, 1024, 256, 80, 20};
  EXPECT_NEAR(
      predict_on_cpu({shape, file_format_of(FileFormatId::f16), 512, 199, 0}, CostModel(toy::measurements()))
          .decode_tps->mid,
      1 / (21e-3 + 2e-3), 1e-6);
}

/// The toy with 8 experts in place of its product, of which a token uses 2.
ModelShape mixture() {
  ModelShape shape = toy::model();
  shape.experts = 8;
  shape.experts_active = 2;
  shape.tensors[1] = {"blk.0.ffn_up_exps.weight", TensorRole::expert_up, 0, 1024, 256, 80, 20};
  return shape;
}

Problem experts(uint64_t m, uint32_t k, uint32_t n, uint32_t heads) {
  return {.op = Op::expert_products,
          .format = FormatId::f16,
          .m = m,
          .n = n,
          .k = k,
          .heads = heads,
          .kv_heads = 2};
}

Prediction of_mixture(const std::vector<Measurement>& rows) {
  return predict_on_cpu({mixture(), file_format_of(FileFormatId::f16), 512, 199, 0}, CostModel(rows));
}

TEST(Predict, ExpertsAreOneOperationALayerWhereThatWasMeasured) {
  auto rows = toy::measurements();
  const Prediction apart = of_mixture(rows);
  // Half of the rows, and as many tokens of each expert: 512 x 2 / 8.
  rows.push_back(toy::measured(7, experts(512, 256, 1, 4), 0.7e-3));
  rows.push_back(toy::measured(8, experts(512, 256, 256, 4), 30e-3));
  const Prediction p = of_mixture(rows);
  ASSERT_TRUE(p.decode_tps && p.prefill_tps);
  EXPECT_NEAR(p.decode_tps->mid, 1 / (10 * 1.4e-3 + 1e-3 + 2e-3), 1e-6);
  // Four times the operations: twice the rows, twice the tokens.
  EXPECT_NEAR(p.prefill_tps->mid, 512 / (10 * 120e-3 + 1e-3 + 100e-3), 1e-6);
  EXPECT_EQ(p.basis.find("nearest size"), std::string::npos) << p.basis;
  double times = 0;
  for (const Term& term : p.terms)
    if (term.phase == Phase::decode && term.problem.op == Op::expert_products) times += term.times;
  EXPECT_EQ(times, 10);
  EXPECT_NEAR(apart.decode_tps->mid, 1 / (21e-3 + 2e-3), 1e-6);
}

TEST(Predict, ExpertsThatAreUnlikeThoseMeasuredArePricedAsPlainProducts) {
  const Prediction apart = of_mixture(toy::measurements());
  const auto with = [](const Problem& problem, uint32_t threads = 1) {
    auto rows = toy::measurements();
    rows.push_back(toy::measured(7, problem, 0.1e-3, threads));
    return of_mixture(rows);
  };
  // Of the other phase, with rows of another length, with fewer tokens of each expert, and with other
  // threads.
  for (const Prediction& p :
       {with(experts(512, 256, 512, 8)), with(experts(512, 1024, 1, 8)), with(experts(512, 256, 1, 8), 3)})
    EXPECT_EQ(p.decode_tps->mid, apart.decode_tps->mid) << p.basis;
  for (const Prediction& p : {with(experts(512, 256, 1, 8)), with(experts(512, 1024, 512, 8)),
                              with(experts(512, 256, 512, 128)), with(experts(512, 256, 512, 8), 3)})
    EXPECT_EQ(p.prefill_tps->mid, apart.prefill_tps->mid) << p.basis;
}

TEST(Predict, ExpertsNearTheMeasuredOnesAreStandIns) {
  auto rows = toy::measurements();
  rows.push_back(toy::measured(7, experts(512, 384, 1, 8), 1e-3));
  const Prediction p = of_mixture(rows);
  EXPECT_NEAR(p.decode_tps->mid, 1 / (10 * 1e-3 * 2 * 256 / 384 + 1e-3 + 2e-3), 1e-6);
  EXPECT_NE(p.basis.find("decode: measured at 1 thread, 1 of"), std::string::npos) << p.basis;
}

TEST(Predict, EncodersAreTimedOnOneText) {
  ModelShape shape = toy::model();
  shape.task = Task::encode;
  shape.max_context = 512;
  auto rows = toy::measurements();
  rows[3].problem.context = 0;
  const Prediction p = predict_on_cpu({shape, file_format_of(FileFormatId::f16), 512, 0, 0}, CostModel(rows));
  ASSERT_TRUE(p.encode_ms);
  EXPECT_FALSE(p.decode_tps || p.prefill_tps || p.ttft_s);
  // 384 of 512 tokens: products by 3/4, attention by 9/16, the head once.
  EXPECT_NEAR(p.encode_ms->mid, 10 * 75 + 10 * 10 * 9.0 / 16 + 1, 1e-6);
}

TEST(Predict, LoadingTakesTheMeasuredStorageRate) {
  auto rows = toy::measurements();
  EXPECT_FALSE(toy_prediction(rows).load_s);
  rows.push_back(toy::measured(8, {.op = Op::storage_read, .m = 1000}, 2.0));
  EXPECT_DOUBLE_EQ(*toy_prediction(rows).load_s, 2.0);
}

}  // namespace
}  // namespace weighin
