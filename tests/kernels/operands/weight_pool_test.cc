#include "kernels/operands/weight_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace weighin {
namespace {

constexpr uint64_t mib = uint64_t{1} << 20;
constexpr FormatId formats[] = {FormatId::none, FormatId::f32,  FormatId::f16,  FormatId::bf16,
                                FormatId::q8_0, FormatId::q6_K, FormatId::q4_K, FormatId::q4_0};

TEST(WeightPool, NoBlockIsAllZeroAndBuffersAreAlignedWholeBlocks) {
  ThreadPool threads(2);
  WeightPool pool(5 * mib, 64 * mib);
  for (const FormatId format : formats) {
    const auto weights = pool.weights(format, threads);
    ASSERT_TRUE(weights) << weights.error();
    const uint64_t block = std::max(1U, format_of(format).block_bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(weights->data()) % 64, 0U);
    EXPECT_EQ(weights->size() % block, 0U);
    EXPECT_GT(weights->size(), 5 * mib - 64 * block);
    EXPECT_LE(weights->size(), 5 * mib);
    if (block < 2) continue;  // a random byte may be zero
    for (uint64_t at = 0; at < weights->size(); at += block) {
      const auto bytes = weights->subspan(at, block);
      ASSERT_FALSE(std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; }))
          << format_of(format).name << " at " << at;
    }
  }
}

TEST(WeightPool, KeepsABufferAndGivesTheLongestUnusedBack) {
  ThreadPool threads(2);
  WeightPool pool(2 * mib, 5 * mib);  // room for two buffers
  const auto* first = pool.weights(FormatId::f32, threads)->data();
  EXPECT_TRUE(pool.weights(FormatId::f16, threads));
  EXPECT_EQ(pool.weights(FormatId::f32, threads)->data(), first);
  EXPECT_TRUE(pool.weights(FormatId::q4_0, threads));  // f16 is given back, since f32 was used later
  EXPECT_EQ(pool.weights(FormatId::f32, threads)->data(), first);
}

TEST(WeightPool, AFormatIsWrittenOverAnotherInPlace) {
  ThreadPool threads(2);
  WeightPool pool(2 * mib, 2 * mib), fresh(2 * mib, 2 * mib);  // room for one buffer
  const auto* first = pool.weights(FormatId::f32, threads)->data();
  const auto second = pool.weights(FormatId::q4_0, threads);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->data(), first);
  const auto expected = fresh.weights(FormatId::q4_0, threads);
  EXPECT_TRUE(std::equal(second->begin(), second->end(), expected->begin(), expected->end()));
}

TEST(WeightPool, TheWorkingSetMayShrinkAndGrowAgain) {
  ThreadPool threads(2);
  WeightPool pool(8 * mib, 8 * mib);
  pool.set_working_set(2 * mib);
  const auto* small = pool.weights(FormatId::none, threads)->data();
  EXPECT_EQ(pool.weights(FormatId::none, threads)->size(), 2 * mib);
  pool.set_working_set(100 * mib);
  EXPECT_EQ(pool.working_set_bytes(), 8 * mib);
  EXPECT_EQ(pool.weights(FormatId::none, threads)->size(), 8 * mib);
  EXPECT_EQ(pool.weights(FormatId::none, threads)->data(), small);
}

TEST(WeightPool, AllThatReadABufferGoOnWhereTheLastOneEnded) {
  ThreadPool threads(2);
  WeightPool pool(2 * mib, 2 * mib);
  const auto product = pool.packed(FormatId::q8_0, Packing{}, threads),
             bound = pool.last_used(FormatId::none, threads);
  ASSERT_TRUE(product && bound);
  EXPECT_EQ(bound->bytes.data(), product->bytes.data());
  EXPECT_EQ(product->take(1000, 64), 0U);
  EXPECT_EQ(bound->take(100, 64), 1024U);
  EXPECT_EQ(product->take(mib, 4096), 4096U);
  EXPECT_EQ(bound->take(mib, 64), 0U) << "what does not fit behind the last begins again";
}

TEST(WeightPool, TheWorkingSetStaysWithinTheBudget) {
  ThreadPool threads(2);
  WeightPool pool(100 * mib, 3 * mib);
  EXPECT_EQ(pool.working_set_bytes(), 3 * mib);
  const auto weights = pool.weights(FormatId::q8_0, threads);
  ASSERT_TRUE(weights) << weights.error();
  EXPECT_LE(weights->size(), 3 * mib);
}

TEST(WeightPool, RefusesLessThanAMebibyteWithASentence) {
  ThreadPool threads(2);
  WeightPool pool(mib, mib - 1);
  const auto weights = pool.weights(FormatId::f32, threads);
  ASSERT_FALSE(weights);
  EXPECT_NE(weights.error().find("1048575"), std::string::npos) << weights.error();
}

TEST(WeightPool, AdversarialDataIsFilledByHoweverManyThreadsTheSame) {
  ThreadPool one(1), three(3);
  WeightPool first(7 * mib, 64 * mib, 5, Data::adversarial), second(7 * mib, 64 * mib, 5, Data::adversarial);
  WeightPool ordinary(7 * mib, 64 * mib, 5);
  for (const FormatId format : formats) {
    const auto a = first.weights(format, one), b = second.weights(format, three);
    const auto other = ordinary.weights(format, one);
    ASSERT_TRUE(a && b && other);
    EXPECT_TRUE(std::equal(a->begin(), a->end(), b->begin(), b->end())) << format_of(format).name;
    if (format == FormatId::none) continue;  // bytes have no extremes
    EXPECT_FALSE(std::equal(a->begin(), a->end(), other->begin(), other->end())) << format_of(format).name;
  }
}

}  // namespace
}  // namespace weighin
