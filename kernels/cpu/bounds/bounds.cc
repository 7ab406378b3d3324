#include "kernels/cpu/bounds/bounds.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <utility>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/threads/work_split.h"

namespace weighin {
namespace {

constexpr uint64_t line_bytes = 64;
constexpr uint64_t exact_rounds = uint64_t{1} << 20;  // PeakLoop::run says why

/// A thread's result, on a cache line of its own, so that threads do not share one.
struct alignas(64) Total {
  double value = 0;
  uint64_t words = 0;
};

class StreamRead : public Prepared {
 public:
  StreamRead(ThreadPool& pool, const Weights& weights, uint64_t bytes, const OpsFunctions& functions)
      : pool_(pool),
        next_(weights.next),
        // Whole lines only: the buffer is at least 1 MiB.
        data_(weights.bytes.first(weights.bytes.size() / line_bytes * line_bytes)),
        bytes_((bytes + line_bytes - 1) / line_bytes * line_bytes),
        functions_(functions),
        totals_(pool.threads()),
        split_(pool, bytes_, line_bytes) {}

  void run() noexcept override {
    last_start_ = (*next_ + line_bytes - 1) / line_bytes * line_bytes % data_.size();
    split_.restart();
    pool_.run([this](uint32_t rank) {
      uint64_t words = 0;
      split_.each(rank, [&](Slice slice) { words += read(slice); });
      totals_[rank].words = words;
    });
    *next_ = (last_start_ + bytes_) % data_.size();
  }

  Check check(uint32_t) override {
    run();
    uint64_t expected = 0, found = 0, word = 0;
    for (uint64_t at = 0; at < bytes_; at += sizeof word) {
      std::memcpy(&word, &data_[(last_start_ + at) % data_.size()], sizeof word);
      expected += word;
    }
    for (const Total& total : totals_) found += total.words;
    return exact_check(expected == found);
  }

 private:
  /// Reads a slice, which counts from where this run starts. Behind its end the buffer begins again.
  uint64_t read(Slice slice) const noexcept {
    uint64_t total = 0;
    for (uint64_t at = slice.first; at < slice.last;) {
      const uint64_t from = (last_start_ + at) % data_.size();
      const uint64_t bytes = std::min(slice.last - at, data_.size() - from);
      total += functions_.stream_sum(data_.data() + from, bytes);
      at += bytes;
    }
    return total;
  }

  ThreadPool& pool_;
  uint64_t* next_;  // Weights::next
  std::span<const std::byte> data_;
  uint64_t bytes_;
  const OpsFunctions& functions_;
  std::vector<Total> totals_;
  WorkSplit split_;
  uint64_t last_start_ = 0;
};

class Peak : public Prepared {
 public:
  Peak(ThreadPool& pool, const PeakLoop& loop, uint64_t operations)
      : pool_(pool),
        loop_(loop),
        rounds_(pool.threads() * rounds_of_rank(pool, loop, operations)),
        totals_(pool.threads()),
        split_(pool, rounds_) {}

  void run() noexcept override {
    split_.restart();
    pool_.run([this](uint32_t rank) {
      double total = 0;
      split_.each(rank, [&](Slice slice) {
        for (uint64_t left = slice.last - slice.first; left > 0; left -= std::min(left, exact_rounds)) {
          total += loop_.run(std::min(left, exact_rounds));
        }
      });
      totals_[rank].value = total;
    });
  }

  Check check(uint32_t) override {
    run();
    const double expected = static_cast<double>(rounds_) * loop_.sum_a_round;
    double found = 0;
    for (const Total& total : totals_) found += total.value;
    return {found == expected ? 0.0 : 1.0, 0};
  }

 private:
  static uint64_t rounds_of_rank(const ThreadPool& pool, const PeakLoop& loop, uint64_t operations) {
    const double rounds = static_cast<double>(operations) / (pool.threads() * loop.operations_a_round);
    return std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(rounds)));
  }

  ThreadPool& pool_;
  const PeakLoop& loop_;
  uint64_t rounds_;  // of all ranks
  std::vector<Total> totals_;
  WorkSplit split_;
};

using PrepareResult = tl::expected<std::unique_ptr<Prepared>, std::string>;

PrepareResult prepare_stream(const Problem& problem, Workbench& bench, const OpsFunctions& functions) {
  // A bound that is timed beside a kernel reads the kernel's own buffer, the same pages in the same place.
  const auto weights = bench.weights.last_used(problem.format, bench.pool);
  if (!weights) return tl::unexpected(weights.error());
  return std::make_unique<StreamRead>(bench.pool, *weights, problem.m, functions);
}

Kernel row(Op op, Isa isa, std::function<PrepareResult(const Problem&, Workbench&)> prepare) {
  return {"cpu." + std::string(op_name(op)) + "." + std::string(isa_name(isa)), op, FormatId::none, isa,
          std::move(prepare)};
}

void add_peak(std::vector<Kernel>& rows, Op op, Isa isa, const PeakLoop& loop) {
  if (loop.run == nullptr) return;
  rows.push_back(row(op, isa, [&loop](const Problem& problem, Workbench& bench) -> PrepareResult {
    return std::make_unique<Peak>(bench.pool, loop, problem.m);
  }));
}

}  // namespace

std::vector<Kernel> bound_kernels() {
  std::vector<Kernel> rows;
  for (const InstructionSet& set : instruction_sets()) {
    const OpsFunctions& ops = set.ops;
    if (ops.stream_sum != nullptr) {
      rows.push_back(row(Op::stream_read, set.isa, [&ops](const Problem& problem, Workbench& bench) {
        return prepare_stream(problem, bench, ops);
      }));
    }
    add_peak(rows, Op::peak_fp32, set.isa, ops.fp32);
    add_peak(rows, Op::peak_bf16, set.isa, ops.bf16);
    add_peak(rows, Op::peak_int8, set.isa, ops.int8);
  }
  return rows;
}

}  // namespace weighin
