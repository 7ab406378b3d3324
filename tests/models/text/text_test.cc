// Letters, quantities with their units, and times.
#include <gtest/gtest.h>

#include "models/text/edit_distance.h"
#include "models/text/letters.h"
#include "models/text/quantity.h"
#include "models/text/units.h"
#include "models/text/utc_time.h"

namespace weighin {
namespace {

TEST(Letters, OnlyThoseOfAsciiHaveACase) {
  EXPECT_EQ(lower_case("Q4_K_M [\\]^`{|}~ \xC3\x89"), "q4_k_m [\\]^`{|}~ \xC3\x89");
  EXPECT_EQ(upper_case("iq4_nl @[`{"), "IQ4_NL @[`{");
  EXPECT_TRUE(same_letters("Apple", "aPPLE"));
  EXPECT_FALSE(same_letters("Apple", "Apples"));
  EXPECT_FALSE(same_letters("[", "{"));  // they are as far apart as letters of two cases are
}

TEST(EditDistance, CountsLettersThatDiffer) {
  EXPECT_EQ(edit_distance("gemma", "gema"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
}

TEST(Units, OfBytes) {
  EXPECT_EQ(16_gib, 17179869184u);
  EXPECT_EQ(255_mib, 267386880u);
  EXPECT_EQ(in_gib(3_gib / 2), 1.5);
  EXPECT_EQ(in_mib(1_gib), 1024);
  EXPECT_EQ(in_gb(2'500'000'000), 2.5);
}

TEST(Quantity, IsANumberAndAUnit) {
  constexpr Unit units[] = {{"gib", 1}, {"", 1}, {"mib", 1 / 1024.0}};
  EXPECT_EQ(read_quantity("16GiB", units), 16);
  EXPECT_EQ(read_quantity("512 MIB", units), 0.5);
  EXPECT_EQ(read_quantity("2.5", units), 2.5);
  for (const char* text : {"", "GiB", "1.2.3", ".", "-1", "inf", "nan"})
    EXPECT_EQ(read_quantity(text, units).error(), "no number") << text;
  for (const char* text : {"0x10", "16 parsecs", "1e3"})
    EXPECT_EQ(read_quantity(text, units).error(), "an unknown unit") << text;
}

TEST(Number, IsAllOfTheText) {
  EXPECT_EQ(read_number("2.5"), 2.5);
  EXPECT_EQ(read_number("1e3"), 1000);
  EXPECT_EQ(read_number("0"), 0);
  for (const char* text : {"", "-1", "2.5 ", " 2.5", "2,5", "inf", "nan", "1e999"})
    EXPECT_FALSE(read_number(text)) << text;
}

TEST(UtcTime, IsWrittenAsIso8601) {
  EXPECT_EQ(utc_text(std::chrono::system_clock::time_point{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_text(std::chrono::system_clock::time_point{std::chrono::seconds{951827696}}),
            "2000-02-29T12:34:56Z");
}

}  // namespace
}  // namespace weighin
