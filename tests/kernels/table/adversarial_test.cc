// The check that stands between a wrong kernel and a measurement: every kernel passes it, and broken kernels
// do not.
#include "kernels/table/adversarial.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/cpu/matrix/products.h"
#include "kernels/formats/codec.h"
#include "kernels/table/all_kernels.h"

namespace weighin {
namespace {

TEST(Adversarial, EveryKernelThisCpuRunsPasses) {
  const Simd simd = this_cpu();
  for (const uint32_t threads : {1U, 2U, 3U}) {
    ThreadPool pool(threads);
    for (const Kernel& kernel : all_kernels()) {
      if (kernel.backend != Backend::cpu || !runs(simd, kernel.isa)) continue;
      // How a kernel asks ahead changes nothing that it computes: one team suffices for what other kernels of
      // the same functions show with each.
      const bool same_functions = kernel.op == Op::expert_products || kernel.packing.rows == 0;
      if (kernel.ahead.bytes > 0 && same_functions && threads != 2) continue;
      SCOPED_TRACE(kernel.name + ", threads " + std::to_string(threads));
      const auto check = check_adversarial(kernel, pool, testing::TempDir());
      ASSERT_TRUE(check) << check.error();
      EXPECT_TRUE(check->right()) << check->error << " > " << check->tolerance;
    }
  }
}

const MatrixFunctions& sound(FormatId format) {
  return *matrix_functions_of(format, Isa::scalar, Layout::plain);
}

/// Kernels that are broken, each in another way. The format is a template argument, since a row holds a plain
/// function.
template <FormatId format>
struct Broken {
  static void wrong_scale(const MatrixWork& w, uint64_t first, uint64_t last) {
    sound(format).gemv(w, first, last);
    for (uint64_t row = first; row < last; ++row) w.y[row] *= 1.001F;
  }
  static void last_row_is_the_one_before(const MatrixWork& w, uint64_t first, uint64_t last) {
    sound(format).gemv(w, first, last);
    if (last == w.m) w.y[last - 1] = w.y[last - 2];
  }
  static void last_row_is_missing(const MatrixWork& w, uint64_t first, uint64_t last) {
    sound(format).gemv(w, first, last == w.m ? last - 1 : last);
  }
  static void not_a_number(const MatrixWork& w, uint64_t first, uint64_t last) {
    sound(format).gemv(w, first, last);
    if (first == 0) w.y[1] = std::numeric_limits<float>::quiet_NaN();
  }
  static void last_activation_is_dropped(const MatrixWork& w, uint64_t first, uint64_t last) {
    sound(format).gemv(w, first, last);
    for (uint64_t row = first; row < last; ++row) {
      std::vector<double> values(w.k);
      codec_of(format).decode(w.weights + row * w.row_bytes, values.data(), w.k);
      w.y[row] -= static_cast<float>(values.back() * w.x[w.k - 1]);
    }
  }
  template <auto gemv>
  static tl::expected<std::unique_ptr<Prepared>, std::string> prepare(const Problem& problem,
                                                                      Workbench& bench) {
    static const MatrixFunctions functions = [] {
      MatrixFunctions broken = sound(format);
      broken.gemv = gemv;
      return broken;
    }();
    return prepare_matrix(problem, bench, functions);
  }
  template <auto gemv>
  static void expect_caught(const char* how) {
    const Kernel kernel{"broken", Op::gemv, format, Isa::scalar, prepare<gemv>};
    ThreadPool pool(2);
    const auto check = check_adversarial(kernel, pool);
    ASSERT_TRUE(check) << check.error();
    EXPECT_FALSE(check->right()) << format_of(format).name << " " << how << ": " << check->error
                                 << " <= " << check->tolerance;
  }
  static void expect_all_caught() {
    expect_caught<wrong_scale>("wrong scale");
    expect_caught<last_row_is_the_one_before>("last row is the one before");
    expect_caught<last_row_is_missing>("last row is missing");
    expect_caught<not_a_number>("NaN");
    expect_caught<last_activation_is_dropped>("last activation dropped");
  }
};

TEST(Adversarial, BrokenKernelsAreCaught) {
#define FORMAT(name, gguf_type, block_values, block_bytes) Broken<FormatId::name>::expect_all_caught();
#include "models/format/formats.inc"
#undef FORMAT
}

TEST(Adversarial, WhatCannotBePreparedIsAnError) {
  const Kernel refusing{
      "refusing", Op::gemv, FormatId::q4_0, Isa::scalar,
      [](const Problem& problem, Workbench&) -> tl::expected<std::unique_ptr<Prepared>, std::string> {
        return tl::unexpected("no room for " + describe(problem));
      }};
  ThreadPool pool(1);
  const auto check = check_adversarial(refusing, pool);
  ASSERT_FALSE(check);
  EXPECT_EQ(check.error(), "no room for " + describe(small_problem(Op::gemv, FormatId::q4_0)));
}

}  // namespace
}  // namespace weighin
