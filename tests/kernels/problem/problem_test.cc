// The problems of a step hold every multiplication of a model exactly once, and cost what they move.
#include "kernels/problem/steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/names/catalogue.h"

namespace weighin {
namespace {

double multiply_adds(const std::vector<ProblemUse>& step) {
  double sum = 0;
  for (const ProblemUse& use : step) {
    if (use.problem.op != Op::gemv && use.problem.op != Op::gemm) continue;
    sum += use.times * static_cast<double>(use.problem.m) * use.problem.n * use.problem.k;
  }
  return sum;
}

double matrix_values_used(const ModelShape& shape) {
  double sum = 0;
  for (const Tensor& tensor : shape.tensors) {
    if (tensor.role == TensorRole::norm || tensor.role == TensorRole::bias) continue;
    if (tensor.role == TensorRole::token_embedding || tensor.role == TensorRole::position_embedding) continue;
    sum += static_cast<double>(tensor.rows) * static_cast<double>(tensor.cols) * tensor.used;
  }
  return sum;
}

TEST(Problems, DecodeMultipliesEveryUsedWeightOnce) {
  for (const ModelShape& shape : all_models()) {
    if (!shape.undisclosed.empty() || shape.task != Task::chat) continue;
    const double expected = matrix_values_used(shape);
    EXPECT_NEAR(multiply_adds(decode_step(shape, file_format_of(FileFormatId::q8_0), 0)) / expected, 1, 1e-9)
        << shape.name;
  }
}

TEST(Problems, PrefillComputesTheHeadForTheLastTokenOnly) {
  const ModelShape* llama = find_model("llama-3.2-1b");
  ASSERT_NE(llama, nullptr);
  const double head = static_cast<double>(llama->vocab) * llama->width;
  const double expected = (matrix_values_used(*llama) - head) * 128 + head;
  EXPECT_NEAR(multiply_adds(prefill_step(*llama, file_format_of(FileFormatId::f16), 128)) / expected, 1,
              1e-9);
}

TEST(Problems, ExpertsComputeTheSameWorkInPrefillHoweverTokensAreGrouped) {
  const ModelShape* mixtral = find_model("mixtral-8x7b");
  ASSERT_NE(mixtral, nullptr);
  const double head = static_cast<double>(mixtral->vocab) * mixtral->width;
  const double expected = (matrix_values_used(*mixtral) - head) * 512 + head;
  EXPECT_NEAR(multiply_adds(prefill_step(*mixtral, file_format_of(FileFormatId::q4_0), 512)) / expected, 1,
              1e-9);
}

TEST(Problems, TheExpertsOfALayerAreTheSameWorkAsOneOperation) {
  const ModelShape* mixtral = find_model("mixtral-8x7b");
  ASSERT_NE(mixtral, nullptr);
  const FileFormat& format = file_format_of(FileFormatId::q4_0);
  for (const auto& [tokens, step] : {std::pair(1U, decode_step(*mixtral, format, 100)),
                                     std::pair(512U, prefill_step(*mixtral, format, 512))}) {
    double operations = 0, together = 0, times = 0;
    for (const ProblemUse& use : step) {
      if (!use.of_all_experts) continue;
      const ProblemUse all = with_all_experts(use);
      EXPECT_EQ(all.problem.op, Op::expert_products);
      EXPECT_EQ(all.problem.n, tokens);
      EXPECT_EQ(all.problem.heads, 8U);
      EXPECT_EQ(all.problem.kv_heads, 2U);
      operations += use.times * cost_of(use.problem).operations;
      together += all.times * cost_of(all.problem).operations;
      times += all.times;
    }
    EXPECT_GT(operations, 0);
    EXPECT_NEAR(together / operations, 1, 1e-9) << tokens;
    EXPECT_NEAR(times, 3 * mixtral->layers, 1e-6) << "gate, up and down of each layer";
  }
}

TEST(Problems, AllExpertsOfATokenTakeOneRoundedInput) {
  const ModelShape* mixtral = find_model("mixtral-8x7b");
  ASSERT_NE(mixtral, nullptr);
  const FileFormat& format = file_format_of(FileFormatId::q4_0);
  double of_width = 0, of_experts = 0;
  for (const ProblemUse& use : prefill_step(*mixtral, format, 64)) {
    if (use.problem.op != Op::quantize || use.problem.n != 64) continue;
    (use.problem.k == mixtral->width ? of_width : of_experts) += use.times;
  }
  // Queries, keys and values share one, attention's output has its own, and gate and up share one.
  EXPECT_NEAR(of_width, 3 * mixtral->layers, 1e-6);
  EXPECT_NEAR(of_experts, 2 * mixtral->layers, 1e-6) << "down's: each of two experts has its own";
}

TEST(Problems, SlidingWindowsCapWhatAttentionReads) {
  const ModelShape* gemma = find_model("gemma-2-2b");
  ASSERT_NE(gemma, nullptr);
  bool windowed = false, whole = false;
  for (const ProblemUse& use : decode_step(*gemma, file_format_of(FileFormatId::q4_0), 7999)) {
    if (use.problem.op != Op::attention) continue;
    windowed |= use.problem.context == 4096;
    whole |= use.problem.context == 8000;
  }
  EXPECT_TRUE(windowed);
  EXPECT_TRUE(whole);
}

TEST(Problems, AWindowOfAPromptCountsThePairsItSees) {
  ModelShape shape;
  shape.task = Task::chat;
  shape.head_dim = 64;
  shape.per_layer = std::vector<Layer>(3, {.heads = 8, .kv_heads = 2, .window = 5});
  const auto uses_of = [&](uint32_t n) {
    double times = 0;
    for (const ProblemUse& use : prefill_step(shape, file_format_of(FileFormatId::f16), n))
      if (use.problem.op == Op::prefill_attention) times += use.times;
    return times;
  };
  const auto pairs = [](uint32_t n, uint32_t window) {
    double all = 0;
    for (uint32_t token = 0; token < n; ++token) all += std::min(token + 1, window);
    return all;
  };
  for (const uint32_t n : {1U, 4U, 5U, 6U, 100U})
    EXPECT_NEAR(uses_of(n), 3 * pairs(n, 5) / pairs(n, n), 1e-12) << n;
}

TEST(Problems, TheCacheIsReadInItsFormat) {
  const ModelShape* llama = find_model("llama-3.2-1b");
  ASSERT_NE(llama, nullptr);
  const FileFormat& format = file_format_of(FileFormatId::q4_0);
  for (const auto& step :
       {decode_step(*llama, format, 99, FormatId::q8_0), prefill_step(*llama, format, 7, FormatId::q8_0)}) {
    bool attention = false;
    for (const ProblemUse& use : step) {
      if (use.problem.op != Op::attention && use.problem.op != Op::prefill_attention) continue;
      EXPECT_EQ(use.problem.format, FormatId::q8_0);
      attention = true;
    }
    EXPECT_TRUE(attention);
  }
  const Cost cost = cost_of(
      {.op = Op::attention, .format = FormatId::q8_0, .k = 64, .heads = 8, .kv_heads = 2, .context = 100});
  EXPECT_EQ(cost.bytes_read, 2.0 * 100 * 2 * 2 * 34 + 8 * 64 * 4);
}

TEST(Problems, EveryInputOfProductsIsRoundedOnceWhereTheyTakeItRounded) {
  const ModelShape* gemma = find_model("gemma-2b");
  ASSERT_NE(gemma, nullptr);
  for (const FileFormatId id :
       {FileFormatId::q4_0, FileFormatId::q4_K, FileFormatId::bf16, FileFormatId::f16}) {
    const FileFormat& format = file_format_of(id);
    for (const auto& step : {decode_step(*gemma, format, 100), prefill_step(*gemma, format, 64)}) {
      double products = 0, roundings = 0;
      for (const ProblemUse& use : step) {
        const Problem& p = use.problem;
        if (p.op == Op::quantize) roundings += use.times;
        // Keys and values multiply what queries do, and up what gate does.
        const bool shares = use.part == "attn_k" || use.part == "attn_v" || use.part == "ffn_up";
        const bool product = p.op == Op::gemv || p.op == Op::gemm;
        if (product && !shares && rounded_for(p.op, p.format) != FormatId::none) products += use.times;
      }
      EXPECT_EQ(products, roundings) << format.name;
      if (format_of(format.base).quantized()) {
        EXPECT_GT(products, 0) << format.name;
      }
    }
  }
  EXPECT_EQ(rounded_for(Op::gemv, FormatId::q6_K), FormatId::q4_K);
  EXPECT_EQ(rounded_for(Op::gemv, FormatId::bf16), FormatId::none);
  EXPECT_EQ(rounded_for(Op::gemm, FormatId::bf16), FormatId::bf16);
}

TEST(Problems, CostsAreThoseWorkedOutByHand) {
  const Cost gemv = cost_of({.op = Op::gemv, .format = FormatId::q4_0, .m = 10, .n = 1, .k = 64});
  EXPECT_EQ(gemv.bytes_read, 10 * 2 * 18 + 64 * 4);
  EXPECT_EQ(gemv.bytes_written, 40);
  EXPECT_EQ(gemv.operations, 2 * 10 * 64);
  const Cost attention = cost_of(
      {.op = Op::attention, .format = FormatId::f16, .k = 64, .heads = 8, .kv_heads = 2, .context = 100});
  EXPECT_EQ(attention.operations, 4.0 * 100 * 8 * 64);
  EXPECT_EQ(attention.bytes_read, 2.0 * 100 * 2 * 64 * 2 + 8 * 64 * 4);
  EXPECT_EQ(cost_of({.op = Op::stream_read, .m = 4096}).bytes_read, 4096);
}

TEST(Problems, NamesAreFoundAgain) {
  for (int i = 0; i <= static_cast<int>(Op::allocate); ++i) {
    Op found = Op::gemv;
    ASSERT_TRUE(find_op(op_name(static_cast<Op>(i)), found));
    EXPECT_EQ(found, static_cast<Op>(i));
  }
  Op untouched = Op::rope;
  EXPECT_FALSE(find_op("no such operation", untouched));
  EXPECT_EQ(untouched, Op::rope);
}

TEST(Problems, ExpertsWithAsManyTokensEachHaveOneRate) {
  const Problem many{.op = Op::expert_products,
                     .format = FormatId::q4_0,
                     .m = 768,
                     .n = 512,
                     .k = 2048,
                     .heads = 128,
                     .kv_heads = 8};
  EXPECT_EQ(tokens_of_expert(many), 32);
  Problem other = many;
  other.n = 128;
  other.heads = 32;
  EXPECT_TRUE(same_rate(many, other));
  other.heads = 128;
  EXPECT_FALSE(same_rate(many, other));
  Problem token = many;
  token.n = 1;
  EXPECT_FALSE(same_rate(many, token));
  other = token;
  other.heads = 64;
  EXPECT_TRUE(same_rate(token, other));
  other.k = 4096;
  EXPECT_FALSE(same_rate(token, other));
}

TEST(Problems, PeaksFollowTheFormat) {
  EXPECT_EQ(peak_of({.op = Op::gemm, .format = FormatId::q6_K}), Op::peak_int8);
  EXPECT_EQ(peak_of({.op = Op::gemm, .format = FormatId::bf16}), Op::peak_bf16);
  EXPECT_EQ(peak_of({.op = Op::gemm, .format = FormatId::f16}), Op::peak_fp32);
  EXPECT_EQ(peak_of({.op = Op::attention, .format = FormatId::f16}), Op::peak_fp32);
}

}  // namespace
}  // namespace weighin
