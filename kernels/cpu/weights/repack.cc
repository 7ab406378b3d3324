#include "kernels/cpu/weights/repack.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/cpu/matrix/products.h"
#include "kernels/formats/packing.h"
#include "kernels/operands/operand_memory.h"

namespace weighin {
namespace {

/// Packs rows [m][k] in the order of a file into units (packing.h) in memory of their own, as engines do at
/// load for the instruction set that they find. Panels of a unit's rows are divided between threads. Where
/// the rows are no whole panel, the last row is repeated.
class Repack : public Prepared {
 public:
  Repack(const Problem& problem, const MatrixFunctions& functions, Workbench& bench,
         std::span<const std::byte> weights)
      : problem_(problem),
        packing_(functions.packing),
        pool_(bench.pool),
        weights_(weights),
        row_bytes_(row_bytes(problem.format, problem.k)),
        panels_((problem.m + packing_.rows - 1) / packing_.rows),
        packed_(panels_ * packing_.rows * row_bytes_) {}

  void run() noexcept override {
    now_ = next_;
    next_ += problem_.m * row_bytes_;
    if (next_ + problem_.m * row_bytes_ > weights_.size()) next_ = 0;
    pool_.run([this](uint32_t rank) {
      const Slice mine = slice_of(panels_, rank, pool_.threads());
      for (uint64_t panel = mine.first; panel < mine.last; ++panel) pack(panel, rows_[rank], packed_.data());
    });
  }

  /// Packs panels again, one unit at a time, and compares them with what the threads wrote.
  Check check(uint32_t samples) override {
    run();
    const uint64_t count = std::min<uint64_t>(panels_, std::max(1U, samples)),
                   block = format_of(problem_.format).block_bytes, unit_bytes = packing_.rows * block;
    std::vector<std::byte> blocks(unit_bytes), unit(unit_bytes);
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t panel = i + 1 == count ? panels_ - 1 : i * panels_ / count;
      const std::byte* packed = &packed_[panel * packing_.rows * row_bytes_];
      for (uint64_t at = 0; at < row_bytes_; at += block, packed += unit_bytes) {
        for (uint64_t r = 0; r < packing_.rows; ++r)
          std::memcpy(&blocks[r * block], row_of(panel, r) + at, block);
        pack_unit(problem_.format, packing_, blocks.data(), unit.data());
        if (std::memcmp(unit.data(), packed, unit_bytes) != 0) return exact_check(false);
      }
    }
    return exact_check(true);
  }

 private:
  const std::byte* row_of(uint64_t panel, uint64_t r) const noexcept {
    return &weights_[now_ + std::min(panel * packing_.rows + r, problem_.m - 1) * row_bytes_];
  }

  void pack(uint64_t panel, std::vector<const std::byte*>& rows, std::byte* to) noexcept {
    for (uint64_t r = 0; r < packing_.rows; ++r) rows[r] = row_of(panel, r);
    pack_rows(problem_.format, packing_, rows, row_bytes_, to + panel * packing_.rows * row_bytes_);
  }

  Problem problem_;
  Packing packing_;
  ThreadPool& pool_;
  std::span<const std::byte> weights_;
  uint64_t row_bytes_, panels_, now_ = 0, next_ = 0;
  Operands<std::byte> packed_;
  /// For each thread: the addresses of a panel's rows.
  std::vector<std::vector<const std::byte*>> rows_{pool_.threads(),
                                                   std::vector<const std::byte*>(packing_.rows)};
};

tl::expected<std::unique_ptr<Prepared>, std::string> prepare(const Problem& problem, Workbench& bench,
                                                             const MatrixFunctions& functions) {
  const uint32_t block = format_of(problem.format).block_values;
  if (problem.m == 0 || problem.k == 0 || problem.k % block != 0) {
    return tl::unexpected(
        fmt::format("Cannot prepare {}: it needs rows and k a whole number of blocks of {} values.",
                    describe(problem), block));
  }
  const auto weights = bench.weights.weights(problem.format, bench.pool);
  if (!weights) return tl::unexpected(weights.error());
  const uint64_t bytes = row_bytes(problem.format, problem.k) * problem.m;
  if (bytes > weights->size()) {
    return tl::unexpected(
        fmt::format("Cannot prepare {}: its rows are {} bytes and the working set is {} bytes.",
                    describe(problem), bytes, weights->size()));
  }
  try {
    return std::make_unique<Repack>(problem, functions, bench, *weights);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(fmt::format("Cannot prepare {}: the system refused {} bytes to pack into.",
                                      describe(problem), bytes));
  }
}

}  // namespace

std::vector<Kernel> repack_kernels() {
  std::vector<Kernel> kernels;
  for (const InstructionSet& set : instruction_sets()) {
    for (const MatrixFunctions& functions : set.matrix()) {
      if (layout_of(functions) != Layout::packed) continue;
      kernels.push_back({fmt::format("cpu.repack.{}.{}", format_of(functions.format).name, isa_name(set.isa)),
                         Op::repack, functions.format, set.isa,
                         [&functions](const Problem& problem, Workbench& bench) {
                           return prepare(problem, bench, functions);
                         }});
    }
  }
  return kernels;
}

}  // namespace weighin
