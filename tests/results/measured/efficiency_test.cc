// An engine's efficiency: the shipped table, what runs teach, and predictions made of both.
#include "results/measured/engine_efficiency.h"

#include <gtest/gtest.h>

#include <cmath>

#include "results/measured/predict.h"
#include "tests/results/fit/toy_model.h"

namespace weighin {
namespace {

constexpr const char* isa = "avx512vnni";

/// A run of one phase: products in `format` that take the reference kernels 80 ms, and 20 ms of attention;
/// `slower` than the shipped factors say.
Verification run_of(const std::string& model, FormatId format, double slower, Phase phase = Phase::decode) {
  Verification v;
  v.engine = llamacpp_engine;
  v.model = model;
  v.format = format_of(format).name;
  v.threads = 2;
  VerifiedPhase result;
  result.phase = phase;
  result.tokens = phase == Phase::decode ? 32 : 512;
  result.parts = {{PartKind::product, format, 100, 80e-3}, {PartKind::attention, FormatId::none, 10, 20e-3}};
  const EngineEfficiency shipped(llamacpp_engine, isa, 2, {});
  const double seconds = slower * shipped.seconds(phase, result.parts);
  result.tps = (phase == Phase::decode ? 1 : 512) / seconds;
  v.phases = {result};
  return v;
}

double product_factor(std::span<const Verification> verified, FormatId format, Phase phase = Phase::decode) {
  const EngineEfficiency learned(llamacpp_engine, isa, 2, verified), shipped(llamacpp_engine, isa, 2, {});
  return learned.factor(phase, PartKind::product, format) / shipped.factor(phase, PartKind::product, format);
}

TEST(Efficiency, TheReferenceKernelsAreTheirOwnEngine) {
  const EngineEfficiency none(reference_engine, isa, 2, {});
  EXPECT_EQ(none.basis(), EfficiencyBasis::none);
  EXPECT_EQ(none.factor(Phase::decode, PartKind::product, FormatId::q4_0), 1);
  EXPECT_EQ(none.overhead_s(Phase::prefill), 0);
}

TEST(Efficiency, EveryGgufFormatWithAKernelHasAShippedFactor) {
  const EngineEfficiency shipped(llamacpp_engine, isa, 2, {});
  EXPECT_EQ(shipped.basis(), EfficiencyBasis::shipped);
  EXPECT_NE(shipped.source().find("node-llama-cpp"), std::string::npos);
  for (const Phase phase : {Phase::decode, Phase::prefill}) {
    std::vector<double> factors;
    for (const QuantFormat& format : kernel_formats()) {
      if (format.gguf_type == no_gguf) continue;
      factors.push_back(shipped.factor(phase, PartKind::product, format.id));
      EXPECT_GT(factors.back(), 0.3) << format.name;
      EXPECT_LT(factors.back(), 10) << format.name;
    }
    EXPECT_GT(factors.size(), 10u);
    EXPECT_GT(shipped.residual(phase), 0.02);
    EXPECT_LT(shipped.residual(phase), 0.35);
  }
}

TEST(Efficiency, AnotherInstructionSetIsAStandInAndLessSure) {
  const EngineEfficiency here(llamacpp_engine, isa, 2, {}), there(llamacpp_engine, "neon_dotprod", 2, {});
  EXPECT_EQ(there.basis(), EfficiencyBasis::stand_in);
  EXPECT_GT(there.residual(Phase::decode), here.residual(Phase::decode));
}

TEST(Efficiency, OneRunMovesEveryFormatOfItsPhaseAndNoOther) {
  const std::vector<Verification> one{run_of("a", FormatId::q4_0, 1.3)};
  EXPECT_GT(product_factor(one, FormatId::q4_0), 1.25);
  EXPECT_LT(product_factor(one, FormatId::q4_0), 1.31);
  EXPECT_GT(product_factor(one, FormatId::q6_K), 1.2);
  EXPECT_LT(product_factor(one, FormatId::q6_K), product_factor(one, FormatId::q4_0));
  EXPECT_EQ(product_factor(one, FormatId::q4_0, Phase::prefill), 1);
  const EngineEfficiency learned(llamacpp_engine, isa, 2, one);
  EXPECT_EQ(learned.basis(), EfficiencyBasis::learned);
  EXPECT_NE(learned.source().find("1 run of it"), std::string::npos) << learned.source();
}

TEST(Efficiency, MoreRunsTellFormatsApart) {
  std::vector<Verification> runs;
  for (const char* model : {"a", "b", "c", "d"}) {
    runs.push_back(run_of(model, FormatId::q4_0, 1.3));
    runs.push_back(run_of(model, FormatId::q6_K, 0.9));
  }
  EXPECT_GT(product_factor(runs, FormatId::q4_0), 1.15);
  EXPECT_LT(product_factor(runs, FormatId::q6_K), 1.0);
}

TEST(Efficiency, OnlyTheNewestRunOfACaseOfThisEngineAndThreadCountCounts) {
  std::vector<Verification> runs{run_of("a", FormatId::q4_0, 3), run_of("a", FormatId::q4_0, 1.3)};
  runs[0].verified_at = "2026-01-01T00:00:00Z";
  runs[1].verified_at = "2026-01-02T00:00:00Z";
  EXPECT_LT(product_factor(runs, FormatId::q4_0), 1.31);
  runs[1].engine = "mlx";
  runs[0].threads = 1;
  EXPECT_EQ(product_factor(runs, FormatId::q4_0), 1);
}

TEST(Efficiency, ARunWithoutMeasuredPartsTeachesNothing) {
  std::vector<Verification> runs{run_of("a", FormatId::q4_0, 2)};
  runs[0].phases[0].parts.clear();
  const EngineEfficiency learned(llamacpp_engine, isa, 2, runs);
  EXPECT_EQ(learned.basis(), EfficiencyBasis::shipped);
}

TEST(Efficiency, APredictionIsTheSumOfTermsTimesFactorsAndOverhead) {
  auto rows = toy::measurements();
  for (Measurement& m : rows)
    m.kernel = std::string("cpu.") + std::string(op_name(m.problem.op)) + ".f16.avx512";
  const auto step = decode_step(toy::model(), file_format_of(FileFormatId::f16), 199);
  const auto reference = time_of(step, Phase::decode, CostModel(rows)),
             llamacpp = time_of(step, Phase::decode, CostModel(rows), {llamacpp_engine, 0});
  ASSERT_TRUE(reference && llamacpp);
  const EngineEfficiency shipped(llamacpp_engine, "avx512", 1, {});
  double operations = 0;
  for (const ProblemUse& use : step) operations += use.times;
  const double expected = 11e-3 * shipped.factor(Phase::decode, PartKind::product, FormatId::f16) +
                          2e-3 * shipped.factor(Phase::decode, PartKind::attention, FormatId::none) +
                          operations * shipped.overhead_s(Phase::decode);
  EXPECT_NEAR(reference->seconds, 13e-3, 1e-12);
  EXPECT_NEAR(llamacpp->seconds, expected, 1e-12);
  double terms = 0;
  for (const Term& term : llamacpp->terms) terms += term.seconds;
  EXPECT_NEAR(terms, expected, 1e-12);
  // The parts are the reference kernels' whoever is asked for: they are what is learned from.
  double parts = 0;
  for (const StepPartTime& part : llamacpp->parts) parts += part.seconds;
  EXPECT_NEAR(parts, 13e-3, 1e-12);
}

TEST(Efficiency, OneRunImprovesThePredictionOfAnotherModel) {
  // The machine's engine is 1.4 times slower than shipped, whatever the model.
  auto rows = toy::measurements();
  for (Measurement& m : rows) {
    m.threads = 2;
    m.kernel = "cpu.any.f16.avx512";
  }
  const auto step = decode_step(toy::model(), file_format_of(FileFormatId::f16), 199);
  const double truth = 1.4 * time_of(step, Phase::decode, CostModel(rows), {llamacpp_engine, 2})->seconds;
  const std::vector<Verification> one{run_of("another", FormatId::q4_0, 1.4)};
  const auto before = time_of(step, Phase::decode, CostModel(rows), {llamacpp_engine, 2});
  const auto after = time_of(step, Phase::decode, CostModel(rows, one), {llamacpp_engine, 2});
  EXPECT_LT(std::abs(std::log(after->seconds / truth)), 0.3 * std::abs(std::log(before->seconds / truth)));
}

}  // namespace
}  // namespace weighin
