#include "kernels/threads/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "kernels/system/affinity.h"
#include "kernels/threads/thread_topology.h"

namespace weighin {
namespace {

// How often a waiting thread spins before it gives its core away: for some 20 us, which is longer than the
// gaps between timed runs.
constexpr int spins_before_sleep = 4000;
constexpr int spins_before_yield = 2000;

void pause_core() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

struct ThreadPool::State {
  uint32_t threads = 1;
  bool crowded = false;  // more threads than processors: spinning would keep the awaited thread from running
  bool pinned = false;
  bool alike = true;
  std::vector<int> allowed_before;  // the processors of the calling thread before it was pinned
  std::vector<std::thread> team;
  const std::function<void(uint32_t)>* work = nullptr;
  bool stop = false;
  alignas(64) std::atomic<uint32_t> generation{0};
  alignas(64) std::atomic<uint32_t> running{0};
  alignas(64) std::atomic<uint32_t> arrived{0};
  alignas(64) std::atomic<uint32_t> phase{0};

  template <typename Done>
  void wait_until(Done done) const {
    for (int spin = 0; !done(); ++spin) {
      if (crowded || spin >= spins_before_yield) {
        std::this_thread::yield();
      } else {
        pause_core();
      }
    }
  }

  void serve(uint32_t rank, int cpu) {
    if (cpu >= 0) pin_to({&cpu, 1});
    for (uint32_t seen = 0;;) {
      for (int spin = 0; spin < spins_before_sleep && generation.load(std::memory_order_acquire) == seen;
           ++spin) {
        if (crowded) {
          std::this_thread::yield();
        } else {
          pause_core();
        }
      }
      while (generation.load(std::memory_order_acquire) == seen) generation.wait(seen);
      ++seen;
      if (stop) return;
      (*work)(rank);
      running.fetch_sub(1, std::memory_order_release);
    }
  }
};

ThreadPool::ThreadPool(uint32_t threads, Cores cores) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.threads = std::max(1U, threads);
  std::vector<Processor> order;
  s.allowed_before = allowed_processors();
  if (!s.allowed_before.empty()) {
    order = processors_here(
        [&](int cpu) { return std::binary_search(s.allowed_before.begin(), s.allowed_before.end(), cpu); });
    s.crowded = s.threads > order.size();
    s.pinned = !order.empty() && !s.crowded;
    s.alike = !s.pinned || weighin::alike(order, s.threads);
  } else {
    s.crowded = s.threads > std::max(1U, std::thread::hardware_concurrency());
  }
  for (uint32_t rank = 1; rank < s.threads; ++rank) {
    try {
      s.team.emplace_back([&s, rank, cpu = s.pinned ? order[rank].cpu : -1] { s.serve(rank, cpu); });
    } catch (const std::system_error&) {  // the system limits threads: the team is as large as it allows
      s.threads = rank;
    }
  }
  if (s.pinned) pin_to({&order[0].cpu, 1});
  if (cores == Cores::unlike) s.alike = false;
}

ThreadPool::~ThreadPool() {
  State& s = *state_;
  s.stop = true;
  s.generation.fetch_add(1, std::memory_order_release);
  s.generation.notify_all();
  for (std::thread& thread : s.team) thread.join();
  if (s.pinned) pin_to(s.allowed_before);
}

uint32_t ThreadPool::threads() const {
  return state_->threads;
}

bool ThreadPool::alike() const {
  return state_->alike;
}

void ThreadPool::run(const std::function<void(uint32_t rank)>& work) {
  State& s = *state_;
  if (s.threads == 1) {
    work(0);
    return;
  }
  s.work = &work;
  s.running.store(s.threads - 1, std::memory_order_relaxed);
  s.generation.fetch_add(1, std::memory_order_release);
  s.generation.notify_all();
  work(0);
  s.wait_until([&] { return s.running.load(std::memory_order_acquire) == 0; });
}

void ThreadPool::barrier() {
  State& s = *state_;
  if (s.threads == 1) return;
  const uint32_t phase = s.phase.load(std::memory_order_acquire);
  if (s.arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == s.threads) {
    s.arrived.store(0, std::memory_order_relaxed);
    s.phase.store(phase + 1, std::memory_order_release);
  } else {
    s.wait_until([&] { return s.phase.load(std::memory_order_acquire) != phase; });
  }
}

Slice slice_of(uint64_t count, uint32_t rank, uint32_t threads, uint64_t grain) {
  const uint64_t step = std::max<uint64_t>(1, grain), pieces = (count + step - 1) / step;
  const uint64_t each = pieces / threads, extra = pieces % threads;
  const auto cut = [&](uint64_t r) { return std::min(count, (r * each + std::min(r, extra)) * step); };
  return {cut(rank), cut(uint64_t{rank} + 1)};
}

}  // namespace weighin
