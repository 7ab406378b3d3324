// A team of threads that stays for many timed runs: one thread a core, joined by a spinning barrier.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace weighin {

/// How a team judges its cores: by what hwloc says of them, or (for tests) as unlike each other whatever it
/// says.
enum class Cores : uint8_t { as_found, unlike };

/// A team of threads with fixed ranks. The caller is rank 0. The other threads wait between runs, first
/// spinning and then asleep. Where there are enough cores, each rank is pinned to a core of its own, the
/// fastest cores first (hwloc's order).
class ThreadPool {
 public:
  explicit ThreadPool(uint32_t threads, Cores cores = Cores::as_found);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  uint32_t threads() const;

  /// Whether all ranks can be assumed to work equally fast (thread_topology.h). work_split.h divides work
  /// accordingly.
  bool alike() const;

  /// Calls work(rank) on every rank and returns when all are done. Not reentrant; `work` must not throw.
  void run(const std::function<void(uint32_t rank)>& work);

  /// To be called within run(): returns when every rank has called it.
  void barrier();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The slice [first, last) of `count` items that `rank` of `threads` works on. Slices are cut at multiples of
/// `grain`.
struct Slice {
  uint64_t first;
  uint64_t last;
};
Slice slice_of(uint64_t count, uint32_t rank, uint32_t threads, uint64_t grain = 1);

}  // namespace weighin
