// An encoder's milliseconds in ONNX Runtime are the sum of its own measured operations, and of nothing else.
#include <gtest/gtest.h>

#include "models/names/catalogue.h"
#include "results/measured/predict.h"

namespace weighin {
namespace {

constexpr double product_s = 1e-3, attention_s = 2e-3, norm_s = 1e-4, gelu_s = 5e-4, rows_s = 2e-5,
                 run_s = 3e-5, node_s = 2e-6;

Measurement row(const Problem& problem, double seconds) {
  Measurement m;
  m.engine = "onnxruntime 1.23.2 (onnxruntime-node)";
  m.problem = problem;
  m.threads = 2;
  m.seconds = seconds;
  m.status = Status::measured;
  return m;
}

/// DistilBERT's operations at 384 tokens, as `weighin run` measures them.
std::vector<Measurement> distilbert_rows() {
  const auto product = [](uint64_t m, uint32_t k, double seconds) {
    return row({.op = Op::gemm, .format = FormatId::f32, .m = m, .n = 384, .k = k}, seconds);
  };
  return {product(768, 768, product_s),
          product(3072, 768, 4 * product_s),
          product(768, 3072, 4 * product_s),
          row({.op = Op::prefill_attention,
               .format = FormatId::f16,
               .n = 384,
               .k = 64,
               .heads = 12,
               .kv_heads = 12},
              attention_s),
          row({.op = Op::layer_norm, .n = 384, .k = 768}, norm_s),
          row({.op = Op::gelu, .n = 384, .k = 3072}, gelu_s),
          row({.op = Op::embedding, .format = FormatId::f32, .m = 30522, .n = 384, .k = 768}, rows_s),
          row({.op = Op::submit}, run_s),
          row({.op = Op::dispatch}, node_s)};
}

Prediction predicted(const std::string& model, const std::vector<Measurement>& rows,
                     std::string_view engine) {
  const std::vector<Measurement> ours;
  const CostModel costs(ours, {}, rows);
  return predict_on_cpu({*find_model(model), file_format_of(FileFormatId::onnx_fp32), 0, 0, 0}, costs,
                        {engine, 0});
}

TEST(OnnxStep, AnEncodersTimeIsTheSumOfItsOperations) {
  const Prediction p = predicted("distilbert", distilbert_rows(), onnxruntime_engine);
  ASSERT_TRUE(p.encode_ms) << p.basis;
  // Six layers: four products, two of four times the size, attention and Gelu; 13 norms; the look-up of
  // tokens.
  const double operations = 6 * (4 * product_s + 8 * product_s + attention_s + gelu_s) + 13 * norm_s + rows_s;
  // Two nodes a product, 12 of attention, five of Gelu, two of a norm, one of the look-up.
  const double beside = run_s + node_s * (6 * (6 * 2 + 12 + 5) + 13 * 2 + 1);
  EXPECT_NEAR(p.encode_ms->mid, 1e3 * (operations + beside), 1e-6);
  EXPECT_LT(p.encode_ms->low, p.encode_ms->mid);
  EXPECT_GT(p.encode_ms->high, p.encode_ms->mid);
}

TEST(OnnxStep, OnlyItsOwnRowsAnswerForIt) {
  EXPECT_FALSE(predicted("distilbert", distilbert_rows(), llamacpp_engine).encode_ms);
  std::vector<Measurement> rows = distilbert_rows();
  for (Measurement& m : rows) m.engine = "llama.cpp 1 zen4";
  const Prediction p = predicted("distilbert", rows, onnxruntime_engine);
  EXPECT_FALSE(p.encode_ms);
  EXPECT_NE(p.basis.find("run --install"), std::string::npos) << p.basis;
}

TEST(OnnxStep, AProductThatWasNotMeasuredLeavesNoAnswer) {
  std::vector<Measurement> rows = distilbert_rows();
  for (Measurement& m : rows)
    if (m.problem.op == Op::prefill_attention) m.status = Status::failed;
  EXPECT_FALSE(predicted("distilbert", rows, onnxruntime_engine).encode_ms);
}

TEST(OnnxStep, ChatModelsAreNotItsOwn) {
  const Prediction p = predicted("gemma-2b", distilbert_rows(), onnxruntime_engine);
  EXPECT_FALSE(p.decode_tps);
  EXPECT_NE(p.basis.find("encoders alone"), std::string::npos) << p.basis;
}

}  // namespace
}  // namespace weighin
