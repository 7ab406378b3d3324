#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/cpu/attention/attention.h"
#include "kernels/cpu/bounds/barrier.h"
#include "kernels/cpu/bounds/bounds.h"
#include "kernels/cpu/rows/rows.h"

namespace weighin {
namespace {

/// Every kernel of the CPU that is no matrix product and reads no storage.
std::vector<Kernel> ops_kernels() {
  std::vector<Kernel> all;
  for (const auto family : {bound_kernels, attention_kernels, barrier_kernels, row_kernels}) {
    for (Kernel& kernel : family()) all.push_back(std::move(kernel));
  }
  return all;
}

/// Small problems of odd sizes, which leave a rest in every loop, and slices that are empty for some threads.
std::vector<Problem> problems_of(Op op) {
  switch (op) {
    case Op::stream_read:
      return {{.op = op, .m = 64}, {.op = op, .m = 700001}, {.op = op, .m = 5000000}};
    case Op::peak_fp32:
    case Op::peak_bf16:
    case Op::peak_int8:
      return {{.op = op, .m = 1}, {.op = op, .m = 1000001}};
    case Op::attention:
      return {{.op = op, .k = 64, .heads = 4, .kv_heads = 2, .context = 100},
              {.op = op, .k = 37, .heads = 6, .kv_heads = 1, .context = 333},
              {.op = op, .k = 80, .heads = 40, .kv_heads = 2, .context = 700},
              {.op = op, .k = 8, .heads = 3, .kv_heads = 3, .context = 1}};
    case Op::prefill_attention:
      return {{.op = op, .n = 41, .k = 64, .heads = 4, .kv_heads = 2, .context = 41},
              {.op = op, .n = 300, .k = 24, .heads = 8, .kv_heads = 1, .context = 300},
              {.op = op, .n = 1, .k = 16, .heads = 2, .kv_heads = 2, .context = 1},
              {.op = op, .n = 33, .k = 19, .heads = 3, .kv_heads = 3, .context = 0}};
    case Op::barrier:
      return {{.op = op}};
    case Op::rope:
      return {{.op = op, .m = 5, .n = 3, .k = 38}, {.op = op, .m = 1, .n = 1, .k = 64}};
    case Op::rms_norm:
    case Op::layer_norm:
    case Op::softmax:
    case Op::swiglu:
    case Op::gelu:
      return {{.op = op, .n = 1, .k = 1}, {.op = op, .n = 5, .k = 37}, {.op = op, .n = 1, .k = 4096}};
    default:
      return {};
  }
}

/// Whether the kernel is attention over a cache of blocks of 32.
bool over_blocks(const Kernel& kernel) {
  return kernel.format == FormatId::q8_0;
}

TEST(OpsKernels, EveryOneThisCpuRunsAgreesWithTheReference) {
  const auto seed = static_cast<uint64_t>(GTEST_FLAG_GET(random_seed));  // scripts/soak
  WeightPool weights(uint64_t{3} << 20, uint64_t{16} << 20, 1 + seed);
  const Simd simd = this_cpu();
  const std::pair<uint32_t, Cores> teams[] = {
      {1, Cores::as_found}, {2, Cores::as_found}, {3, Cores::as_found}, {2, Cores::unlike}};
  for (const auto& [threads, cores] : teams) {
    ThreadPool pool(threads, cores);
    Workbench bench{pool, weights, testing::TempDir(), 1 + seed};
    for (const Kernel& kernel : ops_kernels()) {
      if (!runs(simd, kernel.isa)) continue;
      const auto problems = problems_of(kernel.op);
      ASSERT_FALSE(problems.empty()) << kernel.name;
      for (Problem problem : problems) {
        problem.format = kernel.format;
        if (over_blocks(kernel)) problem.k = (problem.k + 31) / 32 * 32;
        SCOPED_TRACE(kernel.name + ": " + describe(problem) + ", threads " + std::to_string(threads));
        const auto prepared = kernel.prepare(problem, bench);
        ASSERT_TRUE(prepared) << prepared.error();
        for (int repeat = 0; repeat < 3; ++repeat) {  // each run reads other data
          const Check check = (*prepared)->check(64);
          EXPECT_TRUE(check.right()) << check.error << " > " << check.tolerance;
        }
      }
    }
  }
}

TEST(OpsKernels, HeadsThatAreNoWholeBlocksOfTheCacheAreRefused) {
  WeightPool weights(uint64_t{3} << 20, uint64_t{16} << 20, 1);
  ThreadPool pool(1);
  Workbench bench{pool, weights, testing::TempDir()};
  size_t refused = 0;
  for (const Kernel& kernel : ops_kernels()) {
    if (!over_blocks(kernel)) continue;
    const auto prepared = kernel.prepare(
        {.op = kernel.op, .format = kernel.format, .n = 3, .k = 80, .heads = 2, .kv_heads = 1, .context = 3},
        bench);
    ASSERT_FALSE(prepared) << kernel.name;
    EXPECT_NE(prepared.error().find("whole blocks of 32"), std::string::npos) << prepared.error();
    ++refused;
  }
  EXPECT_GE(refused, 2U);
}

TEST(OpsKernels, NamesAreUnique) {
  std::vector<std::string> names;
  for (const Kernel& kernel : ops_kernels()) names.push_back(kernel.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace weighin
