#include "kernels/cpu/bounds/barrier.h"

#include <chrono>

namespace weighin {
namespace {

/// One barrier takes about a microsecond, which is too short for a clock, so that a run times many.
class Barrier : public Prepared {
 public:
  explicit Barrier(ThreadPool& pool) : pool_(pool) {}

  void run() noexcept override {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < repeats; ++i) pool_.run([](uint32_t) {});
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    seconds_ = passed.count() / repeats;
  }
  double own_seconds() const override { return seconds_; }

  Check check(uint32_t) override {
    std::vector<uint64_t> met(pool_.threads() * 8ULL);  // a cache line each
    for (int i = 0; i < checked_repeats; ++i) pool_.run([&](uint32_t rank) { ++met[rank * 8ULL]; });
    bool right = true;
    for (uint32_t rank = 0; rank < pool_.threads(); ++rank)
      right = right && met[rank * 8ULL] == checked_repeats;
    return exact_check(right);
  }

 private:
  static constexpr int repeats = 1000, checked_repeats = 100;
  ThreadPool& pool_;
  double seconds_ = -1;
};

tl::expected<std::unique_ptr<Prepared>, std::string> prepare(const Problem&, Workbench& bench) {
  return std::make_unique<Barrier>(bench.pool);
}

}  // namespace

std::vector<Kernel> barrier_kernels() {
  return {{"cpu.barrier", Op::barrier, FormatId::none, Isa::scalar, prepare}};
}

}  // namespace weighin
