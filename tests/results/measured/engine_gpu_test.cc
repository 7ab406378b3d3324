// An engine's answers on a GPU: of its own kernels there, where they were measured.
#include <gtest/gtest.h>

#include "results/measured/placed_step.h"
#include "tests/results/fit/toy_model.h"
#include "tests/results/measured/gpu_rows.h"

namespace weighin {
namespace {

using namespace made_gpu;

/// The engine's own kernels on the card: 1 ns a value of a product's weights, 20 us an attention, 2 us a
/// node.
std::vector<Measurement> of_engine(const std::string& backend, double product_s) {
  std::vector<Measurement> rows{toy::measured(1, toy::gemv(1024, 256), product_s),
                                toy::measured(2, toy::gemm(1024, 256, 512), 10 * product_s),
                                toy::measured(3, toy::attention(200), 20e-6),
                                toy::measured(4, toy::prefill_attention(512), 1e-3),
                                toy::measured(5, {.op = Op::dispatch}, 2e-6),
                                toy::measured(6, {.op = Op::submit}, 50e-6)};
  for (Measurement& row : rows) {
    row.engine = "llama.cpp 0.25.1 zen4";
    row.backend = backend;
    row.gpu = card;
  }
  return rows;
}

class EngineOnGpu : public testing::Test {
 protected:
  void SetUp() override {
    add(ours_, toy::model(), FileFormatId::f16, gpu_speed, card);
    add(ours_, toy::model(), FileFormatId::f16, cpu_speed);
  }
  Prediction predicted(const std::vector<Measurement>& engine, uint32_t first = 0) const {
    Placement placement;
    placement.layers = static_cast<uint32_t>(toy::model().per_layer.size());
    placement.gpus = {{gpu(card, "Card", 8 * gib), first, placement.layers + 1}};
    const CostModel costs(ours_, {}, engine);
    return predict_placed({toy::model(), file_format_of(FileFormatId::f16), 512, 199, 1000}, costs,
                          {.engine = llamacpp_engine}, placement);
  }
  std::vector<Measurement> ours_;
};

TEST_F(EngineOnGpu, AnswersAreSumsOfItsOwnKernelsThere) {
  const Prediction p = predicted(of_engine("vulkan", 100e-6));
  ASSERT_TRUE(p.decode_tps && p.prefill_tps);
  EXPECT_EQ(p.efficiency, EfficiencyBasis::measured);
  EXPECT_NE(p.basis.find("on Card"), std::string::npos) << p.basis;
  double products = 0, attention = 0, copies = 0;
  for (const Term& term : p.terms) {
    if (term.phase != Phase::decode) continue;
    if (is_matrix(term.problem.op)) products += term.seconds;
    if (is_attention(term.problem.op)) attention += term.seconds;
    if (term.problem.op == Op::copy_to_device || term.problem.op == Op::copy_from_device)
      copies += term.seconds;
  }
  double whole = 0;
  for (const ProblemUse& use : decode_step(toy::model(), file_format_of(FileFormatId::f16), 199))
    if (is_matrix(use.problem.op))
      whole += use.times * 100e-6 * static_cast<double>(use.problem.m) * use.problem.k / (1024.0 * 256);
  EXPECT_NEAR(products, whole, 0.01 * whole);
  EXPECT_NEAR(attention, 10 * 20e-6, 1e-6);
  EXPECT_GT(copies, 0);
  EXPECT_GT(1 / p.decode_tps->mid, products + attention + copies);
  // Whole runs on GPUs were never compared with such sums: the interval is wider than on a CPU.
  EXPECT_LT(p.decode_tps->low, p.decode_tps->mid / 1.3);
}

TEST_F(EngineOnGpu, CudaIsTakenWhereBothBackendsWereMeasured) {
  auto both = of_engine("cuda", 10e-6);
  const double cuda = predicted(both).decode_tps->mid;
  for (const Measurement& row : of_engine("vulkan", 100e-6)) both.push_back(row);
  EXPECT_EQ(predicted(both).decode_tps->mid, cuda);
  EXPECT_GT(cuda, predicted(of_engine("vulkan", 100e-6)).decode_tps->mid);
}

TEST_F(EngineOnGpu, ASideWithoutTheEnginesRowsIsAnsweredByTheReferenceKernels) {
  EXPECT_NE(predicted(of_engine("vulkan", 100e-6), 5).efficiency, EfficiencyBasis::measured);
  EXPECT_NE(predicted({}).efficiency, EfficiencyBasis::measured);
}

}  // namespace
}  // namespace weighin
