// How the work of one operation is divided among the threads of a team.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "kernels/threads/thread_pool.h"

namespace weighin {

/// `count` items, cut at multiples of `grain`. Where the team's cores are alike, each rank has one slice,
/// which is always the same. Where some are slower (efficiency cores, or cores that two threads share),
/// pieces go to whichever rank is free, so that a fast rank waits for a slow one no longer than a piece
/// takes.
class WorkSplit {
 public:
  WorkSplit(const ThreadPool& pool, uint64_t count, uint64_t grain = 1)
      : threads_(pool.threads()), alike_(pool.alike()), count_(count), grain_(std::max<uint64_t>(1, grain)) {
    const uint64_t pieces = std::max<uint64_t>(1, pieces_a_rank * threads_), step = pieces * grain_;
    piece_ = std::max<uint64_t>(1, (count + step - 1) / step) * grain_;
  }

  /// To be called before each run of the team.
  void restart() noexcept { next_.store(0, std::memory_order_relaxed); }

  /// To be called within ThreadPool::run(), once by each rank: calls work(Slice), never with an empty slice,
  /// until all is done.
  template <class Work>
  void each(uint32_t rank, const Work& work) noexcept {
    if (alike_) {
      const Slice mine = slice_of(count_, rank, threads_, grain_);
      if (mine.first < mine.last) work(mine);
      return;
    }
    for (;;) {
      const uint64_t first = next_.fetch_add(piece_, std::memory_order_relaxed);
      if (first >= count_) return;
      work(Slice{first, std::min(count_, first + piece_)});
    }
  }

 private:
  /// The team waits for the last piece, which is at most a sixteenth of a rank's share. The price is sixteen
  /// additions to a shared counter for each rank and run (some 100 ns each when contended).
  static constexpr uint64_t pieces_a_rank = 16;
  uint32_t threads_;
  bool alike_;
  uint64_t count_, grain_, piece_ = 1;
  alignas(64) std::atomic<uint64_t> next_{0};
};

}  // namespace weighin
