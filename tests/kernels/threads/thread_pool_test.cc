#include "kernels/threads/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "kernels/threads/work_split.h"

namespace weighin {
namespace {

TEST(ThreadPool, EveryRankRunsOnceARun) {
  for (const uint32_t threads : {1U, 2U, 3U, 7U}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.threads(), threads);
    std::vector<std::atomic<uint32_t>> runs(threads);
    for (int i = 0; i < 200; ++i) pool.run([&](uint32_t rank) { ++runs[rank]; });
    for (const auto& count : runs) EXPECT_EQ(count, 200U) << threads << " threads";
  }
}

TEST(ThreadPool, BarrierOrdersWritesWithMoreThreadsThanCores) {
  ThreadPool pool(2 * std::max(1U, std::thread::hardware_concurrency()) + 1);
  const uint32_t threads = pool.threads();
  std::vector<uint64_t> written(threads), seen(threads);
  pool.run([&](uint32_t rank) {
    for (uint64_t round = 1; round <= 20; ++round) {
      written[rank] = round * (rank + 1);
      pool.barrier();
      seen[rank] += written[(rank + 1) % threads];
      pool.barrier();
    }
  });
  for (uint32_t rank = 0; rank < threads; ++rank) EXPECT_EQ(seen[rank], 210U * ((rank + 1) % threads + 1));
}

TEST(ThreadPool, RunsAfterSleeping) {
  ThreadPool pool(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // longer than threads spin: the team is asleep
  std::atomic<uint32_t> ranks{0};
  pool.run([&](uint32_t) { ++ranks; });
  EXPECT_EQ(ranks, 2U);
}

TEST(WorkSplit, EveryItemIsDoneOnceWhetherCoresAreAlikeOrNot) {
  for (const Cores cores : {Cores::as_found, Cores::unlike}) {
    for (const uint32_t threads : {1U, 2U, 5U}) {
      ThreadPool pool(threads, cores);
      for (const uint64_t count : {0U, 1U, 63U, 1000U}) {
        WorkSplit split(pool, count, 4);
        std::vector<std::atomic<uint32_t>> done(count);
        for (int run = 0; run < 3; ++run) {
          split.restart();
          pool.run([&](uint32_t rank) {
            split.each(rank, [&](Slice slice) {
              EXPECT_EQ(slice.first % 4, 0U);
              for (uint64_t i = slice.first; i < slice.last; ++i) ++done[i];
            });
          });
        }
        for (const auto& times : done) ASSERT_EQ(times, 3U);
      }
    }
  }
}

TEST(WorkSplit, ASlowCoreDoesLessOfIt) {
  ThreadPool pool(2, Cores::unlike);
  WorkSplit split(pool, 32);
  std::vector<uint64_t> done(2);
  std::atomic<bool> fast_done{false};
  pool.run([&](uint32_t rank) {
    split.each(rank, [&](Slice slice) {
      done[rank] += slice.last - slice.first;
      // Rank 1 keeps its first piece until rank 0 has done all others.
      while (rank == 1 && !fast_done) std::this_thread::yield();
    });
    if (rank == 0) fast_done = true;
  });
  EXPECT_EQ(done[0] + done[1], 32U);
  EXPECT_LE(done[1], 1U);
}

TEST(SliceOf, CoversEveryItemOnceAndCutsAtTheGrain) {
  for (const uint64_t count : {0U, 1U, 5U, 64U, 1001U}) {
    for (const uint32_t threads : {1U, 2U, 3U, 9U}) {
      for (const uint64_t grain : {1U, 4U, 64U}) {
        uint64_t next = 0;
        for (uint32_t rank = 0; rank < threads; ++rank) {
          const Slice slice = slice_of(count, rank, threads, grain);
          EXPECT_EQ(slice.first, next);
          EXPECT_TRUE(slice.first % grain == 0 || slice.first == count);
          next = slice.last;
        }
        EXPECT_EQ(next, count);
      }
    }
  }
}

}  // namespace
}  // namespace weighin
