// Every matrix kernel this CPU runs, against the double-precision reference, at sizes that fit no tile.
#include <gtest/gtest.h>

#include "kernels/cpu/rows.h"

namespace weighin {
namespace {

constexpr uint64_t working_set_bytes = 4 << 20;

TEST(Matrix, EveryKernelIsRightAtOddSizes) {
  WeightPool weights(working_set_bytes, 8 * working_set_bytes);
  const Simd simd = this_cpu();
  for (const uint32_t threads : {1U, 2U}) {
    ThreadPool pool(threads);
    Workbench bench{pool, weights, "", 7};
    for (const Kernel& kernel : matrix_kernels()) {
      if (!runs(simd, kernel.isa)) continue;
      for (const uint32_t size : {1U, 3U, 17U, 33U}) {
        // 1280 is more than a panel and no multiple of it.
        for (const uint32_t k : {256U, 1280U}) {
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
