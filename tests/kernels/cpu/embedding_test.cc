// Embedding look-up: every kernel that this CPU runs decodes the rows that it draws, in every format.
#include <gtest/gtest.h>

#include "kernels/cpu/weights/embedding.h"
#include "kernels/table/all_kernels.h"

namespace weighin {
namespace {

constexpr uint64_t working_set_bytes = 2 << 20;

TEST(Embedding, EveryKernelDecodesTheRowsItDraws) {
  WeightPool weights(working_set_bytes, 8 * working_set_bytes);
  for (const uint32_t threads : {1U, 3U}) {
    ThreadPool pool(threads);
    Workbench bench{pool, weights, "", 5};
    for (const Kernel& kernel : embedding_kernels()) {
      if (!runs(this_cpu(), kernel.isa)) continue;
      // A table of more rows than the working set holds, and one of a single block.
      const uint32_t block = format_of(kernel.format).block_values;
      for (const Problem& problem : {Problem{kernel.op, kernel.format, 1'000'000, 5, 512},
                                     Problem{kernel.op, kernel.format, 1, 1, block}}) {
        const auto ready = kernel.prepare(problem, bench);
        ASSERT_TRUE(ready) << ready.error();
        for (int run = 0; run < 3; ++run) {
          const Check check = (*ready)->check(10'000);
          EXPECT_TRUE(check.right()) << kernel.name << " " << describe(problem) << ": " << check.error;
        }
      }
    }
  }
}

TEST(Embedding, EveryFormatHasAKernelForAnyMachine) {
  for (const QuantFormat& format : kernel_formats()) {
    const Problem problem{.op = Op::embedding, .format = format.id, .m = 2, .n = 1, .k = 256};
    EXPECT_FALSE(kernels_for(problem, Simd{}).empty()) << format.name;
  }
}

TEST(Embedding, PartialBlocksAndRowsBeyondTheWorkingSetAreRefused) {
  WeightPool weights(working_set_bytes, 8 * working_set_bytes);
  ThreadPool pool(1);
  Workbench bench{pool, weights};
  for (const Kernel& kernel : embedding_kernels()) {
    Problem problem{.op = kernel.op, .format = kernel.format, .m = 4, .n = 1, .k = 33};
    if (format_of(kernel.format).quantized()) {
      EXPECT_FALSE(kernel.prepare(problem, bench).has_value()) << kernel.name;
    }
    problem.k = 8 << 20;
    EXPECT_FALSE(kernel.prepare(problem, bench).has_value()) << kernel.name;
  }
}

}  // namespace
}  // namespace weighin
