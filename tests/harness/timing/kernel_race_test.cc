// Races between kernels, with timings that the test gives.
#include "harness/timing/kernel_race.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>

#include "kernels/table/all_kernels.h"

namespace weighin {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// Kernels that are never run, in the order of a table, and the seconds that a race of them takes.
class Field {
 public:
  /// `rows` of a unit: the layout of the weights.
  Field& add(const std::string& name, Op op, Isa isa, double seconds, uint32_t rows = 0, Ahead ahead = {}) {
    Kernel kernel{.name = name, .op = op, .format = FormatId::q4_0, .isa = isa, .prepare = {}};
    kernel.packing.rows = rows;
    kernel.ahead = ahead;
    // Kernels that differ only in how they ask have the same functions. Any address tells them apart.
    kernel.matrix = reinterpret_cast<const MatrixFunctions*>(&functions_[{op, isa, rows}]);
    kernels_.push_back(std::move(kernel));
    seconds_[name] = seconds;
    return *this;
  }
  KernelChoice kernels() const {
    return [this](const Problem& problem) {
      std::vector<const Kernel*> found;
      for (const Kernel& kernel : kernels_)
        if (kernel.op == problem.op && kernel.format == problem.format) found.push_back(&kernel);
      return found;
    };
  }
  RaceTimer timer() {
    return [this](std::span<const Kernel* const> kernels, const Problem&) {
      std::vector<double> seconds;
      for (const Kernel* kernel : kernels) {
        seconds.push_back(seconds_.at(kernel->name));
        ++timed_[kernel->name];
      }
      return seconds;
    };
  }
  int timed(const std::string& name) { return timed_[name]; }

 private:
  std::deque<Kernel> kernels_;
  std::map<std::tuple<Op, Isa, uint32_t>, char> functions_;
  std::map<std::string, double> seconds_;
  std::map<std::string, int> timed_;
};

const Problem token{.op = Op::gemv, .format = FormatId::q4_0, .m = 64, .n = 1, .k = 64};
const Problem prompt{.op = Op::gemm, .format = FormatId::q4_0, .m = 64, .n = 8, .k = 64};
const Problem attention{.op = Op::attention, .format = FormatId::q4_0, .k = 64};

bool not_over() {
  return false;
}

std::vector<KernelRace> held(KernelRaces& races, Field& field, std::vector<Problem> problems) {
  std::vector<KernelRace> found;
  races.hold(problems, field.timer(), not_over, [&](const KernelRace& race) { found.push_back(race); });
  return found;
}

std::string first(const KernelRaces& races, const Problem& problem) {
  return races.choice()(problem).at(0)->name;
}

TEST(KernelRace, TheFastestIsChosenAndItsMarginIsTold) {
  Field field;
  field.add("wide", Op::attention, Isa::avx512, 3).add("narrow", Op::attention, Isa::avx2, 2);
  KernelRaces races(field.kernels(), {});
  EXPECT_EQ(first(races, attention), "wide");
  const auto found = held(races, field, {attention});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kernel, "narrow");
  EXPECT_EQ(found[0].runner_up, "wide");
  EXPECT_DOUBLE_EQ(found[0].margin, 0.5);
  EXPECT_DOUBLE_EQ(found[0].seconds, 2);
  const auto order = races.choice()(attention);
  ASSERT_EQ(order.size(), 2u);
  EXPECT_EQ(order[0]->name, "narrow");
  EXPECT_EQ(order[1]->name, "wide");
}

TEST(KernelRace, AGainWithinTheNoiseLeavesTheTablesOrder) {
  Field field;
  field.add("wide", Op::attention, Isa::avx512, 1.01).add("narrow", Op::attention, Isa::avx2, 1);
  KernelRaces races(field.kernels(), {});
  ASSERT_EQ(held(races, field, {attention}).size(), 1u);
  EXPECT_EQ(first(races, attention), "wide");
}

TEST(KernelRace, WhatCannotComputeNeverWins) {
  Field field;
  field.add("wrong", Op::attention, Isa::avx512, never).add("slow", Op::attention, Isa::avx2, 9);
  KernelRaces races(field.kernels(), {});
  held(races, field, {attention});
  EXPECT_EQ(first(races, attention), "slow");
  Field none;
  none.add("wrong", Op::attention, Isa::avx512, never).add("too", Op::attention, Isa::avx2, never);
  KernelRaces without(none.kernels(), {});
  EXPECT_TRUE(held(without, none, {attention}).empty());
  EXPECT_EQ(first(without, attention), "wrong");
}

TEST(KernelRace, AskingAheadIsRacedForTheSetThatWon) {
  Field field;
  field.add("a", Op::gemv, Isa::avx512, 4, 16)
      .add("a.ahead", Op::gemv, Isa::avx512, 1, 16, {.bytes = 4096})
      .add("b", Op::gemv, Isa::avx2, 3, 16)
      .add("b.ahead", Op::gemv, Isa::avx2, 2, 16, {.bytes = 4096})
      .add("b.further", Op::gemv, Isa::avx2, 2.5, 16, {.bytes = 8192})
      .add("c", Op::gemm, Isa::avx512, 1, 16)
      .add("d", Op::gemm, Isa::avx2, 2, 16);
  KernelRaces races(field.kernels(), {});
  held(races, field, {token});
  EXPECT_EQ(field.timed("a.ahead"), 0);
  EXPECT_EQ(first(races, token), "b.ahead");
  // The products of a prompt were raced with those of a token.
  EXPECT_EQ(first(races, prompt), "c");
}

TEST(KernelRace, ProductsOfExpertsFollowTheRaceOfPlainOnes) {
  Field field;
  for (const auto& [name, isa, seconds, ahead] :
       {std::tuple("a", Isa::avx512, 4.0, 0U), std::tuple("a.ahead4k", Isa::avx512, 1.0, 4096U)}) {
    field.add(std::string("cpu.gemv.q4_0.") + name, Op::gemv, isa, seconds, 16, {.bytes = ahead});
    field.add(std::string("cpu.expert_products.q4_0.") + name, Op::expert_products, isa, seconds, 16,
              {.bytes = ahead});
  }
  field.add("cpu.gemm.q4_0.a", Op::gemm, Isa::avx512, 2, 16)
      .add("cpu.gemm.q4_0.b", Op::gemm, Isa::avx2, 1, 16)
      .add("cpu.expert_products.q4_0.b", Op::expert_products, Isa::avx2, 1, 16);
  KernelRaces races(field.kernels(), {});
  Problem experts{.op = Op::expert_products,
                  .format = FormatId::q4_0,
                  .m = 64,
                  .n = 1,
                  .k = 64,
                  .heads = 4,
                  .kv_heads = 2};
  EXPECT_EQ(first(races, experts), "cpu.expert_products.q4_0.a");
  held(races, field, {experts});
  EXPECT_EQ(field.timed("cpu.expert_products.q4_0.a"), 0) << "no race of their own";
  EXPECT_GT(field.timed("cpu.gemv.q4_0.a"), 0) << "those of plain products are held for them";
  EXPECT_EQ(first(races, experts), "cpu.expert_products.q4_0.a.ahead4k");
  experts.n = 64;
  EXPECT_EQ(first(races, experts), "cpu.expert_products.q4_0.b");
}

TEST(KernelRace, TokensAndPromptsReadOneLayout) {
  // Narrow units win for a token, and lose more for a prompt.
  Field field;
  field.add("token16", Op::gemv, Isa::avx512, 2, 16)
      .add("prompt16", Op::gemm, Isa::avx512, 1, 16)
      .add("token8", Op::gemv, Isa::avx2, 1.5, 8)
      .add("prompt8", Op::gemm, Isa::avx2, 3, 8);
  KernelRaces races(field.kernels(), {});
  held(races, field, {prompt, token});
  EXPECT_EQ(first(races, token), "token16");
  EXPECT_EQ(first(races, prompt), "prompt16");
  // Here they win in both together.
  Field other;
  other.add("token16", Op::gemv, Isa::avx512, 2, 16)
      .add("prompt16", Op::gemm, Isa::avx512, 1, 16)
      .add("token8", Op::gemv, Isa::avx2, 1, 8)
      .add("prompt8", Op::gemm, Isa::avx2, 1.5, 8)
      .add("prompt8_again", Op::gemm, Isa::sse42, 1.2, 8);
  KernelRaces narrow(other.kernels(), {});
  held(narrow, other, {token});
  EXPECT_EQ(first(narrow, token), "token8");
  EXPECT_EQ(first(narrow, prompt), "prompt8_again");
}

TEST(KernelRace, AWinnerThatIsAloneInItsLayoutIsChosenToo) {
  Field field;
  field.add("token16", Op::gemv, Isa::avx512, 2, 16)
      .add("prompt16", Op::gemm, Isa::avx512, 1, 16)
      .add("token8", Op::gemv, Isa::avx2, 0.5, 8)
      .add("prompt8", Op::gemm, Isa::avx2, 1.5, 8);
  KernelRaces races(field.kernels(), {});
  EXPECT_EQ(held(races, field, {token}).size(), 2u);
  EXPECT_EQ(first(races, token), "token8");
  EXPECT_EQ(first(races, prompt), "prompt8");
}

TEST(KernelRace, WhatIsKnownIsNotRacedAgain) {
  Field field;
  field.add("wide", Op::attention, Isa::avx512, 1).add("narrow", Op::attention, Isa::avx2, 2);
  const KernelRace known{.device = "",
                         .op = Op::attention,
                         .format = FormatId::q4_0,
                         .kernel = "narrow",
                         .runner_up = "wide",
                         .margin = 0.1,
                         .seconds = 1,
                         .raced_at = ""};
  KernelRaces races(field.kernels(), {known});
  EXPECT_TRUE(held(races, field, {attention}).empty());
  EXPECT_EQ(first(races, attention), "narrow");
  // A winner that this program does not have any more is raced for again.
  KernelRace gone = known;
  gone.kernel = "of an older version";
  KernelRaces again(field.kernels(), {gone});
  EXPECT_EQ(held(again, field, {attention}).size(), 1u);
  EXPECT_EQ(first(again, attention), "wide");
}

TEST(KernelRace, EndsWhenItsTimeIsOver) {
  Field field;
  field.add("wide", Op::attention, Isa::avx512, 2).add("narrow", Op::attention, Isa::avx2, 1);
  KernelRaces races(field.kernels(), {});
  races.hold(
      std::vector{attention}, field.timer(), [] { return true; },
      [](const KernelRace&) { FAIL() << "no race was to be held"; });
  EXPECT_EQ(first(races, attention), "wide");
}

TEST(KernelRace, OneKernelNeedsNoRace) {
  Field field;
  field.add("only", Op::attention, Isa::avx2, 1);
  KernelRaces races(field.kernels(), {});
  EXPECT_TRUE(held(races, field, {attention}).empty());
  EXPECT_EQ(field.timed("only"), 0);
}

// The races of this machine's own kernels, over little memory: every contestant's weights are held at once.
TEST(KernelRace, TheMachinesKernelsAreTimedOverTheWeightsOfEachLayout) {
  KernelRaces races(kernels_of(this_cpu()), {});
  const RaceTimer timer = race_timer(2, uint64_t{32} << 20);
  std::vector<Problem> problems;
  for (const FormatId format : {FormatId::q8_0, FormatId::bf16})
    problems.push_back({.op = Op::gemv, .format = format});
  size_t found = 0;
  races.hold(problems, timer, not_over, [&](const KernelRace& race) {
    ++found;
    EXPECT_GT(race.seconds, 0) << race.kernel;
    EXPECT_TRUE(std::isfinite(race.seconds)) << race.kernel;
    EXPECT_NE(race.kernel, race.runner_up);
  });
  // A product that has one kernel alone in the layout that won needs no result.
  EXPECT_GE(found, problems.size());
  for (const Problem& problem : problems) EXPECT_FALSE(races.choice()(problem).empty());
}

}  // namespace
}  // namespace weighin
