// Names and features that a processor or a board tells by numbers or in odd words.
#include <gtest/gtest.h>

#include "probes/system/arm_cores.h"
#include "probes/system/platform.h"
#include "probes/system/simd_flags.h"

namespace weighin {
namespace {

TEST(Simd, OfArmsAuxiliaryVector) {
  EXPECT_TRUE(simd_of_hwcap(0, 0).names().empty());
  // The words of a Cortex-A76, as Linux gives them on a Raspberry Pi 5, and those of a core with I8MM and
  // BF16.
  const uint64_t features = 1 << 0 | 1 << 1 | 1 << 9 | 1 << 10 | 1 << 20;  // fp asimd fphp asimdhp asimddp
  EXPECT_EQ(simd_of_hwcap(features, 0).names(), (std::vector<std::string>{"neon", "fp16", "dotprod"}));
  EXPECT_EQ(simd_of_hwcap(features, 1 << 13 | 1 << 14).names(),
            (std::vector<std::string>{"neon", "fp16", "dotprod", "i8mm", "bf16"}));
}

TEST(Cpu, ArmCoreNames) {
  EXPECT_EQ(arm_core_name("0x41", "0xd08"), "Cortex-A72");
  EXPECT_NE(arm_core_name("0x99", "0xfff").find("0xfff"), std::string::npos);
}

TEST(Platform, NamesThatAreNone) {
  EXPECT_TRUE(empty_board_name("To Be Filled By O.E.M."));
  EXPECT_TRUE(empty_board_name("Standard PC (i440FX + PIIX, 1996)"));
  EXPECT_FALSE(empty_board_name("ThinkPad X1"));
}

}  // namespace
}  // namespace weighin
