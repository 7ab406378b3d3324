// Every matrix kernel that this CPU runs is compared with the double-precision reference, at sizes that are
// no multiple of a tile.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/cpu/matrix/products.h"
#include "kernels/formats/codec.h"
#include "kernels/operands/operands.h"
#include "kernels/reference/matrix.h"
#include "kernels/table/all_kernels.h"

namespace weighin {
namespace {

constexpr uint64_t working_set_bytes = 4 << 20;

TEST(Matrix, EveryKernelIsRightAtOddSizes) {
  const auto seed = static_cast<uint64_t>(GTEST_FLAG_GET(random_seed));  // scripts/soak
  WeightPool weights(working_set_bytes, 8 * working_set_bytes, 1 + seed);
  const Simd simd = this_cpu();
  const std::pair<uint32_t, Cores> teams[] = {{1, Cores::as_found}, {2, Cores::as_found}, {2, Cores::unlike}};
  for (const auto& [threads, cores] : teams) {
    ThreadPool pool(threads, cores);
    Workbench bench{pool, weights, "", 7 + seed};
    for (const Kernel& kernel : matrix_kernels()) {
      if (!runs(simd, kernel.isa)) continue;
      for (const uint32_t size : {1U, 3U, 17U, 33U}) {
        // 1280 is more than a panel and no multiple of it.
        for (const uint32_t k : {256U, 1280U, 1301U}) {
          if (k == 1301 && format_of(kernel.format).quantized()) continue;  // not whole blocks
          const Problem problem{.op = kernel.op,
                                .format = kernel.format,
                                .m = size,
                                .n = kernel.op == Op::gemv ? 1 : size,
                                .k = k};
          auto ready = kernel.prepare(problem, bench);
          ASSERT_TRUE(ready.has_value()) << ready.error();
          for (int slab = 0; slab < 2; ++slab) {
            const Check check = (*ready)->check(64);
            EXPECT_TRUE(check.right()) << kernel.name << " " << describe(problem) << " threads " << threads
                                       << ": " << check.error << " > " << check.tolerance;
          }
        }
      }
    }
  }
}

/// `rows` rows of random bytes. A block is drawn again until all its values are finite.
std::vector<std::byte> raw_rows(FormatId format, uint32_t rows, uint32_t k, Random& random) {
  const QuantFormat& f = format_of(format);
  std::vector<std::byte> bytes(rows * row_bytes(format, k));
  std::vector<double> values(f.block_values);
  for (size_t at = 0; at < bytes.size(); at += f.block_bytes) {
    do {
      for (size_t i = 0; i < f.block_bytes; ++i) bytes[at + i] = static_cast<std::byte>(random());
      codec_of(format).decode(&bytes[at], values.data(), f.block_values);
      // They stay below 2^100 too (mxfp4's exponents reach further), since sums of products would be infinite
      // floats.
    } while (!std::all_of(values.begin(), values.end(), [](double v) { return std::fabs(v) < 0x1p100; }));
  }
  return bytes;
}

TEST(Matrix, Bf16PromptsTakeTheBf16DotWhereThereIsOne) {
  const Problem prompt{.op = Op::gemm, .format = FormatId::bf16, .m = 2, .n = 2, .k = 2};
  const Problem token{.op = Op::gemv, .format = FormatId::bf16, .m = 2, .n = 1, .k = 2};
#if defined(__x86_64__)
  Simd simd{.avx2 = true, .fma = true, .f16c = true};
  simd.avx512f = simd.avx512bw = simd.avx512vl = simd.avx512dq = simd.avx512vnni = simd.avx512bf16 = true;
  EXPECT_EQ(kernels_for(prompt, simd).at(0)->name, "cpu.gemm.bf16.avx512bf16");
  EXPECT_EQ(kernels_for(token, simd).at(0)->name, "cpu.gemv.bf16.avx512");
#elif defined(__aarch64__)
  const Simd simd{.neon = true, .dotprod = true, .i8mm = true, .arm_bf16 = true};
  EXPECT_EQ(kernels_for(prompt, simd).at(0)->name, "cpu.gemm.bf16.neon_bf16");
  EXPECT_EQ(kernels_for(token, simd).at(0)->name, "cpu.gemv.bf16.neon");
#else
  GTEST_SKIP() << "no bf16 dot product of this processor's kind has kernels";
#endif
}

const MatrixFunctions& functions_of(const Kernel& kernel) {
  return *kernel.matrix;
}

// An engine holds its weights in memory once.
TEST(Matrix, TheBestKernelsOfTokensAndPromptsReadOnePackedCopy) {
  for (const QuantFormat& format : kernel_formats()) {
    const Problem token{.op = Op::gemv, .format = format.id, .m = 2, .n = 1, .k = 256};
    const Problem prompt{.op = Op::gemm, .format = format.id, .m = 2, .n = 2, .k = 256};
    for (const Simd& simd : {Simd{}, this_cpu()}) {
      const Packing &of_token = functions_of(*kernels_for(token, simd).at(0)).packing,
                    &of_prompt = functions_of(*kernels_for(prompt, simd).at(0)).packing;
      EXPECT_GT(of_token.rows, 0U) << format.name;
      EXPECT_TRUE(of_token == of_prompt) << format.name;
    }
  }
}

/// Rows of plain blocks, packed as `packing` says. The last unit is filled up with the last row.
std::vector<std::byte> packed_rows(FormatId format, const Packing& packing,
                                   const std::vector<std::byte>& rows, uint32_t m, uint32_t k) {
  if (packing.rows == 0) return rows;
  const uint64_t row = row_bytes(format, k), block = format_of(format).block_bytes,
                 unit = packing.rows * block;
  std::vector<std::byte> packed, blocks(unit);
  for (uint32_t first = 0; first < m; first += packing.rows) {
    for (uint64_t at = 0; at < row; at += block) {
      for (uint32_t r = 0; r < packing.rows; ++r) {
        std::copy_n(&rows[std::min(first + r, m - 1) * row + at], block, &blocks[r * block]);
      }
      packed.resize(packed.size() + unit);
      pack_unit(format, packing, blocks.data(), &packed[packed.size() - unit]);
    }
  }
  return packed;
}

TEST(Matrix, RawRandomBytesMeanTheSameToEveryInstructionSet) {
  constexpr uint32_t m = 19, n = 3, k = 1280;
  Random random(11);
  for (const Kernel& kernel : matrix_kernels()) {
    if (!format_of(kernel.format).quantized() || !runs(this_cpu(), kernel.isa)) continue;
    SCOPED_TRACE(kernel.name);
    const MatrixFunctions& functions = functions_of(kernel);
    const auto bytes = raw_rows(kernel.format, m, k, random);
    const auto x = activations(n * k, Data::ordinary, 12);
    const uint32_t tokens = kernel.op == Op::gemv ? 1 : n;
    std::vector<float> y(m * n), scales(n * k / activation_group), min_factors(n * k / 32);
    std::vector<int8_t> quantized(n * k);
    std::vector<int16_t> sums(n * k / sum_group), group_sums(n * k / 32);
    const std::vector<float> ones(m + panel_rows, 1.0F);
    const auto stored = packed_rows(kernel.format, functions.packing, bytes, m, k);
    const MatrixWork work{stored.data(),
                          row_bytes(kernel.format, k),
                          m,
                          tokens,
                          k,
                          x.data(),
                          y.data(),
                          quantized.data(),
                          scales.data(),
                          sums.data(),
                          group_sums.data(),
                          min_factors.data(),
                          nullptr,
                          ones.data(),
                          kernel.ahead};
    const uint32_t span = rounding_span(functions.activations, k);
    functions.round(work, 0, uint64_t{tokens} * k / span);
    if (kernel.op == Op::gemv) {
      functions.gemv(work, 0, m);
    } else {
      functions.gemm(work, 0, m, *std::make_unique<Panel>());
    }
    for (uint32_t row = 0; row < m; ++row) {
      const ReferenceRow decoded = reference_row(kernel.format, bytes.data() + row * work.row_bytes, k);
      for (uint32_t token = 0; token < tokens; ++token) {
        const auto dot =
            reference_dot(decoded, reference_activations(&x[token * k], k, functions.activations));
        // Two terms a group of 32 and a few roundings each, as the kernels' own check allows.
        const uint32_t roundings = k / 16 + 32;
        EXPECT_NEAR(y[token * m + row], dot.sum, dot.size * roundings * 0x1p-24) << row << " " << token;
      }
    }
  }
}

TEST(Matrix, PartialBlocksAndTooManyRowsAreRefused) {
  WeightPool weights(working_set_bytes, 8 * working_set_bytes);
  ThreadPool pool(1);
  Workbench bench{pool, weights, "", 7};
  for (const Kernel& kernel : matrix_kernels()) {
    Problem problem{.op = kernel.op, .format = kernel.format, .m = 4, .n = 1, .k = 33};
    if (format_of(kernel.format).quantized()) {
      EXPECT_FALSE(kernel.prepare(problem, bench).has_value()) << kernel.name;
    }
    problem.k = 256;
    problem.m = working_set_bytes;
    EXPECT_FALSE(kernel.prepare(problem, bench).has_value()) << kernel.name;
  }
}

}  // namespace
}  // namespace weighin
