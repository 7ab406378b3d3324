// The table of instruction sets: what each row gives, and which of them this machine runs.
#include "kernels/isa/isa.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/table/all_kernels.h"

namespace weighin {
namespace {

TEST(InstructionSets, AreInOrderAndTheirFunctionsBearTheirName) {
  const auto sets = instruction_sets();
  ASSERT_FALSE(sets.empty());
  EXPECT_EQ(sets[0].isa, Isa::scalar);
  for (size_t i = 0; i < sets.size(); ++i) {
    if (i > 0) {
      EXPECT_LT(sets[i - 1].isa, sets[i].isa);
    }
    for (const MatrixFunctions& functions : sets[i].matrix()) EXPECT_EQ(functions.isa, sets[i].isa);
  }
}

TEST(InstructionSets, EachHasKernelsOfItsName) {
  for (const InstructionSet& set : instruction_sets()) {
    const std::string ending = "." + std::string(isa_name(set.isa));
    size_t found = 0;
    for (const Kernel& kernel : all_kernels()) {
      if (kernel.backend != Backend::cpu || kernel.isa != set.isa) continue;
      EXPECT_TRUE(kernel.name == "cpu.barrier" || kernel.name == "cpu.storage_read" ||
                  kernel.name.ends_with(ending) || kernel.name.ends_with(ending + ".plain") ||
                  (kernel.ahead.bytes > 0 && kernel.name.find(ending + ".ahead") != std::string::npos))
          << kernel.name;
      ++found;
    }
    EXPECT_GT(found, 0U) << ending;
  }
}

TEST(InstructionSets, NeedWhatTheyAreMadeOf) {
  Simd simd;
  EXPECT_TRUE(runs(simd, Isa::scalar));
  EXPECT_FALSE(runs(simd, Isa::sse42));
  simd.sse42 = simd.avx2 = simd.avxvnni = true;
  EXPECT_TRUE(runs(simd, Isa::sse42));
  EXPECT_FALSE(runs(simd, Isa::avxvnni));  // without FMA and F16C
  simd.fma = simd.f16c = true;
  EXPECT_TRUE(runs(simd, Isa::avxvnni));
  EXPECT_FALSE(runs(simd, Isa::avx512vnni));

  const Simd arm{.neon = true, .i8mm = true};
  EXPECT_TRUE(runs(arm, Isa::neon));
  EXPECT_FALSE(runs(arm, Isa::neon_i8mm));  // without dotprod, whose instructions its words use too
}

// scripts/test-arm64 says which sets the emulated processor has.
TEST(InstructionSets, ThoseOfThisMachineAreTheOnesExpected) {
  const char* expected = std::getenv("WEIGHIN_EXPECTED_SETS");
  if (expected == nullptr) GTEST_SKIP() << "WEIGHIN_EXPECTED_SETS is not set: any machine will do";
  std::string found;
  for (const InstructionSet& set : instruction_sets()) {
    if (!runs(this_cpu(), set.isa)) continue;
    if (!found.empty()) found += ' ';
    found += isa_name(set.isa);
  }
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace weighin
