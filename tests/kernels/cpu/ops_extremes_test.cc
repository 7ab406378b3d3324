// Attention and the small operations on data that breaks careless kernels: scores of +-10,000, masked tokens,
// subnormal numbers, and rows that are no whole vectors. They call the functions of each instruction set
// directly.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/formats/half.h"
#include "kernels/isa/isa.h"
#include "kernels/operands/operand_memory.h"
#include "kernels/reference/attention.h"
#include "kernels/reference/elementwise.h"

namespace weighin {
namespace {

struct Set {
  Isa isa;
  const OpsFunctions* functions;
};

std::vector<Set> sets_of_this_cpu() {
  std::vector<Set> sets;
  for (const InstructionSet& set : instruction_sets()) {
    if (runs(this_cpu(), set.isa) && set.ops.attend != nullptr) sets.push_back({set.isa, &set.ops});
  }
  return sets;
}

/// In all fills but `ordinary` a score is less than 2^24 times a unit of 1/8 or less. So scores are exact in
/// f32 where sqrt(k) is a power of 2, and the tolerance is that of ordinary data.
enum class Fill { ordinary, peaked, equal, masked, late_peak, denormal };
constexpr Fill fills[] = {Fill::ordinary, Fill::peaked,    Fill::equal,
                          Fill::masked,   Fill::late_peak, Fill::denormal};

struct AttentionData {
  FormatId cache;
  uint32_t heads, tokens, k;
  std::vector<float> q;                 // [heads][k]
  std::vector<std::byte> keys, values;  // [tokens][k] in `cache`
};

void append_half(std::vector<std::byte>& to, uint16_t bits) {
  to.resize(to.size() + 2);
  store_u16(&to[to.size() - 2], bits);
}

/// A number of at most 7 bits and a sign times a power of two: exact in f16 and in q8_0.
struct Scaled {
  int whole;
  float scale;
};

class Rows {
 public:
  Rows(FormatId cache, Fill fill, std::mt19937& random) : cache_(cache), fill_(fill), random_(random) {}

  /// Appends k numbers of one scale, each the next of `number`.
  template <class Number>
  void append(std::vector<std::byte>& to, uint32_t k, Number number) {
    for (uint32_t i = 0; i < k; ++i) {
      const Scaled one = number();
      if (cache_ == FormatId::f16) {
        const auto denormal = static_cast<uint16_t>(random_() % 1024 | random_() % 2 << 15);
        append_half(to, fill_ == Fill::denormal ? denormal
                                                : float_to_half(static_cast<float>(one.whole) * one.scale));
        continue;
      }
      const auto denormal = static_cast<uint16_t>(1 + random_() % 1023);
      if (i % 32 == 0) append_half(to, fill_ == Fill::denormal ? denormal : float_to_half(one.scale));
      to.push_back(static_cast<std::byte>(static_cast<int8_t>(one.whole)));
    }
  }

 private:
  FormatId cache_;
  Fill fill_;
  std::mt19937& random_;
};

AttentionData attention_data(FormatId cache, Fill fill, uint32_t heads, uint32_t tokens, uint32_t k,
                             uint32_t query_tokens = 1) {
  std::mt19937 random(heads * 1000003 + tokens * 1009 + k);
  const auto whole = [&](int most) { return static_cast<int>(random() % (2 * most + 1)) - most; };
  AttentionData data{cache, heads, tokens, k, {}, {}, {}};
  for (uint32_t i = 0; i < query_tokens * heads * k; ++i) {
    const bool any = fill == Fill::ordinary || fill == Fill::denormal;
    data.q.push_back(any ? static_cast<float>(whole(1000)) / 256 : (i / k % 2 == 0 ? 32 : -32));
  }
  Rows rows(cache, fill, random);
  for (uint32_t t = 0; t < tokens; ++t) {
    const int peak = fill == Fill::peaked ? whole(39) : 0;
    rows.append(data.keys, k, [&]() -> Scaled {
      if (fill == Fill::peaked) return {peak, 1};  // k = 64: scores to +-9984
      if (fill == Fill::equal) return {1, 1};
      if (fill == Fill::masked) return {t % 3 == 0 ? 0 : -128, 16};  // k = 64: scores of -524288
      if (fill == Fill::late_peak) return {t + 1 == tokens ? 127 : -128, 4};
      return {whole(127), 1.0F / 256};
    });
    rows.append(data.values, k, [&]() -> Scaled { return {2 * whole(63) + 1, 512}; });  // none is 0
  }
  return data;
}

/// The tolerance of the kernels' own check: f32 rounding of a dot product, of exp and of the sum over tokens.
double attention_tolerance(uint32_t k, uint32_t tokens) {
  return 0x1p-24 * (64 + 2.0 * k + tokens / 16.0);
}

void expect_attention(const AttentionData& data, const float* q, uint32_t seen, const float* found,
                      double divisor) {
  const ReferenceAttention truth =
      reference_attention(q, data.cache, data.keys.data(), data.values.data(), seen, data.k);
  for (uint32_t i = 0; i < data.k; ++i) {
    const double error = std::abs(found[i] / divisor - truth.values[i]);
    ASSERT_LE(error, truth.sizes[i] * attention_tolerance(data.k, seen)) << "value " << i;
  }
}

constexpr FormatId caches[] = {FormatId::f16, FormatId::q8_0};

/// Whether heads of `k` values are tried with such data: they must be whole blocks, and large scores must be
/// exact.
bool tried(FormatId cache, Fill fill, uint32_t k) {
  const bool exact = k == 16 || k == 64 || k == 256;
  if (!exact && fill != Fill::ordinary && fill != Fill::denormal) return false;
  return k % format_of(cache).block_values == 0;
}

std::string name_of(const Set& set, FormatId cache, Fill fill, uint32_t heads, uint32_t k) {
  return std::string(isa_name(set.isa)) + " " + std::string(format_of(cache).name) + " fill " +
         std::to_string(static_cast<int>(fill)) + " heads " + std::to_string(heads) + " k " +
         std::to_string(k);
}

void expect_one_token(const Set& set, FormatId cache, Fill fill, uint32_t heads, uint32_t tokens,
                      uint32_t k) {
  const AttentionData data = attention_data(cache, fill, heads, tokens, k);
  std::vector<float> state(heads * (k + 2), std::numeric_limits<float>::quiet_NaN());
  const auto attend = cache == FormatId::f16 ? set.functions->attend : set.functions->attend_q8_0;
  attend(data.q.data(), heads, data.keys.data(), data.values.data(), tokens, k, state.data());
  for (uint32_t head = 0; head < heads; ++head) {
    const float* one = &state[head * (k + 2)];
    expect_attention(data, &data.q[head * k], tokens, one + 2, one[1]);
  }
}

TEST(OpsExtremes, OneTokensAttention) {
  for (const Set& set : sets_of_this_cpu()) {
    for (const FormatId cache : caches) {
      for (const Fill fill : fills) {
        for (const uint32_t tokens : {1U, 17U, 64U, 65U, 2 * attention_tile + 3}) {
          for (const uint32_t heads : {1U, 2U, 7U, 19U}) {
            for (const uint32_t k : {16U, 32U, 64U, 256U, 37U, 80U, 96U}) {
              if (!tried(cache, fill, k)) continue;
              SCOPED_TRACE(name_of(set, cache, fill, heads, k) + " tokens " + std::to_string(tokens));
              expect_one_token(set, cache, fill, heads, tokens, k);
              if (HasFatalFailure()) return;
            }
          }
        }
      }
    }
  }
}

/// Computes tokens [first, first + some) of a prompt as one block. Results before and behind it must not
/// change.
void expect_block(const Set& set, const AttentionData& data, uint32_t first, uint32_t some, bool causal) {
  const uint64_t pitch = uint64_t{data.heads} * data.k;
  std::vector<float> y((some + 2) * pitch, 7);
  Floats scratch(prefill_scratch(uint64_t{some} * data.heads, data.k),
                 std::numeric_limits<float>::quiet_NaN());
  const auto attend_block =
      data.cache == FormatId::f16 ? set.functions->attend_block : set.functions->attend_block_q8_0;
  attend_block({.q = &data.q[first * pitch],
                .y = &y[pitch],
                .token_pitch = pitch,
                .tokens = some,
                .heads = data.heads,
                .k = data.k,
                .first = first,
                .context = data.tokens,
                .causal = causal,
                .keys = data.keys.data(),
                .values = data.values.data()},
               scratch.data());
  for (uint32_t row = 0; row < some * data.heads; ++row) {
    const uint32_t seen = causal ? first + row / data.heads + 1 : data.tokens;
    expect_attention(data, &data.q[first * pitch + uint64_t{row} * data.k], seen,
                     &y[pitch + uint64_t{row} * data.k], 1);
    if (testing::Test::HasFatalFailure()) return;
  }
  for (uint64_t i = 0; i < pitch; ++i) {
    ASSERT_EQ(y[i], 7) << "written before the block";
    ASSERT_EQ(y[(some + 1) * pitch + i], 7) << "written behind the block";
  }
}

void expect_blocks(const Set& set, FormatId cache, Fill fill, uint32_t heads, uint32_t k) {
  const uint32_t tokens = 2 * prefill_tile + 21;
  const AttentionData data = attention_data(cache, fill, heads, tokens, k, tokens);
  for (const auto& [first, some] : {std::pair{0U, 1U}, {0U, 60U}, {61U, 17U}, {tokens - 70, 70U}}) {
    for (const bool causal : {true, false}) {
      SCOPED_TRACE(name_of(set, cache, fill, heads, k) + " first " + std::to_string(first) +
                   (causal ? " causal" : " all"));
      expect_block(set, data, first, some, causal);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(OpsExtremes, ABlockOfAPrompt) {
  for (const Set& set : sets_of_this_cpu()) {
    for (const FormatId cache : caches) {
      for (const Fill fill : fills) {
        for (const uint32_t heads : {1U, 3U}) {
          for (const uint32_t k : {16U, 64U, 37U, 80U, 96U}) {
            if (!tried(cache, fill, k)) continue;
            expect_blocks(set, cache, fill, heads, k);
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

struct RowCase {
  Op op;
  RowFunction OpsFunctions::*function;
};
constexpr RowCase row_cases[] = {
    {Op::rms_norm, &OpsFunctions::rms_norm}, {Op::layer_norm, &OpsFunctions::layer_norm},
    {Op::rope, &OpsFunctions::rope},         {Op::softmax, &OpsFunctions::softmax},
    {Op::swiglu, &OpsFunctions::swiglu},     {Op::gelu, &OpsFunctions::gelu}};

TEST(OpsExtremes, Rows) {
  const float infinity = std::numeric_limits<float>::infinity();
  // The values that rows are drawn from. The first value also stands first in a row, so that the largest is
  // finite (softmax).
  const std::vector<std::vector<float>> pools{{1e4F, -1e4F, 9999, 0, -0.0F, 1e4F},
                                              {0, 1e-40F, -1e-45F, 1e-38F},
                                              {5, 5},
                                              {1e15F, -1e15F, 1, -1e-30F},
                                              {100, 1, -80, -87, -88, -90, 89}};
  for (const Set& set : sets_of_this_cpu()) {
    for (const RowCase& row : row_cases) {
      for (size_t pool = 0; pool <= pools.size(); ++pool) {
        for (const uint32_t k : {2U, 16U, 30U, 67U * 2, 1000U}) {
          const bool masked = pool == pools.size();
          if (masked && row.op != Op::softmax) continue;
          SCOPED_TRACE(std::string(isa_name(set.isa)) + " " + std::string(op_name(row.op)) + " pool " +
                       std::to_string(pool) + " k " + std::to_string(k));
          std::mt19937 random(k);
          std::vector<float> a(k), b(k), c(k), y(k + 1, 7);
          for (uint32_t i = 0; i < k; ++i) {
            const auto& values = pools[masked ? 0 : pool];
            a[i] = i == 0 ? values[0] : values[random() % values.size()];
            if (masked && i % 2 == 1) a[i] = i % 4 == 1 ? -infinity : -3e38F;
            b[i] = static_cast<float>(random() % 1000) / 500 - 1;
            c[i] = static_cast<float>(random() % 1000) / 500 - 1;
          }
          // RMS normalization takes its epsilon as the third operand. Rows of even pools have an epsilon of
          // their own.
          const bool own_epsilon = row.op == Op::rms_norm && pool % 2 == 0;
          const float epsilon = own_epsilon ? 1e-3F : norm_epsilon;
          const float* third = row.op != Op::rms_norm ? c.data() : own_epsilon ? &epsilon : nullptr;
          (set.functions->*row.function)(a.data(), b.data(), third, y.data(), k);
          for (uint32_t i = 0; i < k; ++i) {
            const ReferenceValue truth = reference_value(row.op, a.data(), b.data(), c.data(), k, i, epsilon);
            ASSERT_LE(std::abs(y[i] - truth.value), std::max(truth.size, 1e-30) * 0x1p-24 * (64 + k / 8.0))
                << "value " << i << " of " << a[i];
          }
          ASSERT_EQ(y[k], 7) << "written behind the row";
        }
      }
    }
  }
}

}  // namespace
}  // namespace weighin
