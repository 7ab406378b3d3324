// AVX-VNNI's kernels are tested on processors that lack its instruction and have that of AVX-512: the same
// source is compiled with the same instruction in the other encoding.
#if defined(__x86_64__)
#include <gtest/gtest.h>

#include "kernels/cpu/isa/library.h"
#include "kernels/cpu/matrix/products.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avx512f,avx512vl,avx512vnni")

#define WEIGHIN_DPBUSD _mm256_dpbusd_epi32
#define WEIGHIN_DPWSSD _mm256_dpwssd_epi32

namespace weighin::avxvnni_in_evex {
namespace {

constexpr Isa this_isa = Isa::avxvnni;
#include "kernels/cpu/isa/avxvnni.h"

#include "kernels/cpu/isa/derived_words.h"

#include "kernels/cpu/matrix_functions.inl"

}  // namespace
}  // namespace weighin::avxvnni_in_evex

#pragma GCC pop_options

namespace weighin {
namespace {

TEST(AvxVnni, InAvx512sEncodingIsRight) {
  if (!runs(this_cpu(), Isa::avx512vnni)) GTEST_SKIP() << "this processor lacks AVX-512 VNNI";
  constexpr uint64_t working_set_bytes = 4 << 20;
  WeightPool weights(working_set_bytes, 8 * working_set_bytes, 1);
  ThreadPool pool(1);
  size_t checked = 0;
  for (const Data data : {Data::ordinary, Data::adversarial}) {
    Workbench bench{pool, weights, "", 7, data};
    for (const MatrixFunctions& functions : avxvnni_in_evex::own.functions) {
      for (const Op op : {Op::gemv, Op::gemm}) {
        for (const uint32_t size : {1U, 17U, 33U}) {
          const Problem problem{
              .op = op, .format = functions.format, .m = size, .n = op == Op::gemv ? 1 : size, .k = 1280};
          const auto ready = prepare_matrix(problem, bench, functions);
          ASSERT_TRUE(ready.has_value()) << ready.error();
          const Check check = (*ready)->check(64);
          EXPECT_TRUE(check.right()) << describe(problem) << ": " << check.error << " > " << check.tolerance;
          ++checked;
        }
      }
    }
  }
  EXPECT_GT(checked, 0U);
}

}  // namespace
}  // namespace weighin
#endif
