// Blocks of memory from the system.
#include "kernels/system/page_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace weighin {
namespace {

TEST(PageMemory, PiecesFollowEachOtherOn64ByteLinesAndAreZeros) {
  auto memory = PageMemory::of(3 * 64);
  ASSERT_TRUE(memory) << memory.error();
  EXPECT_EQ(memory->bytes(), 192U);
  std::byte* first = memory->take(1);
  std::byte* second = memory->take(65);
  EXPECT_EQ(second - first, 64);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0U);
  for (int i = 0; i < 192; ++i) EXPECT_EQ(first[i], std::byte{0});
}

TEST(PageMemory, OutlivesAMove) {
  auto memory = PageMemory::of(64);
  ASSERT_TRUE(memory);
  std::byte* piece = memory->take(64);
  piece[63] = std::byte{7};
  const PageMemory moved = std::move(*memory);
  EXPECT_EQ(moved.bytes(), 64U);
  EXPECT_EQ(piece[63], std::byte{7});
}

TEST(PageMemory, WhatTheSystemRefusesIsAnErrorThatSaysHowMuch) {
  const auto memory = PageMemory::of(uint64_t{1} << 60);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error(), "The system refused 1152921504606846976 bytes: free memory or raise the limit.");
}

TEST(PageMemoryDeathTest, ReadOnlyMemoryCannotBeWritten) {
  auto memory = PageMemory::of(64);
  ASSERT_TRUE(memory);
  std::byte* piece = memory->take(64);
  memory->make_read_only();
  EXPECT_DEATH(piece[0] = std::byte{1}, "");
}

}  // namespace
}  // namespace weighin
