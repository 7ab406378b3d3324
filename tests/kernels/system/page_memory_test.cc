// Blocks of memory from the system.
#include "kernels/system/page_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

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

TEST(PageMemory, MayBeWrittenAgain) {
  auto memory = PageMemory::of(64);
  ASSERT_TRUE(memory);
  std::byte* piece = memory->take(64);
  memory->make_read_only();
  memory->make_writable();
  piece[0] = std::byte{1};
  EXPECT_EQ(piece[0], std::byte{1});
}

TEST(CopyPastCaches, CopiesExactlyWhateverTheAlignment) {
  std::vector<std::byte> from(1000), to(1100);
  for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::byte>(i * 7 + 1);
  for (const size_t offset : {0, 1, 13, 64}) {
    for (const size_t count : {0, 1, 63, 64, 65, 200, 999}) {
      std::fill(to.begin(), to.end(), std::byte{0});
      copy_past_caches(to.data() + offset, from.data() + 1, count);
      for (size_t i = 0; i < to.size(); ++i)
        ASSERT_EQ(to[i], i >= offset && i < offset + count ? from[i - offset + 1] : std::byte{0})
            << offset << " " << count << " " << i;
    }
  }
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
