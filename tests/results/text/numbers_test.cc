// Numbers as words.
#include "results/text/numbers.h"

#include <gtest/gtest.h>

namespace weighin {
namespace {

TEST(Numbers, HaveTwoDigitsUnlessMoreAreNeededToTellThemApart) {
  EXPECT_EQ(two_digits(4.86), "4.9");
  EXPECT_EQ(two_digits(123), "120");
  EXPECT_EQ(two_digits(0.01234), "0.012");
  EXPECT_EQ(two_digits(9.96), "10");
  EXPECT_EQ(two_digits(0), "0");
  EXPECT_EQ(needs_text(4.91, 4.89, "GiB", "available", "RAM"), "needs 4.91 GiB, 4.89 GiB available: RAM");
}

TEST(Numbers, AMemoryIsNamedByItsNominalSize) {
  EXPECT_EQ(nominal_gib_text(uint64_t{8} << 30), "8 GiB");
  EXPECT_EQ(nominal_gib_text((uint64_t{12} << 30) - (uint64_t{200} << 20)), "12 GiB");
  EXPECT_EQ(nominal_gib_text(uint64_t{141} << 30), "140 GiB");
}

TEST(Numbers, CountsHaveThreeDigits) {
  EXPECT_EQ(count_text(2'510'000'000), "2.51B");
  EXPECT_EQ(count_text(66'400'000), "66.4M");
  EXPECT_EQ(count_text(999), "999");
}

}  // namespace
}  // namespace weighin
