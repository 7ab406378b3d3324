// Repacking weights at load, as engines do for the instruction set they find.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "kernels/cpu/instruction_sets.h"
#include "kernels/cpu/matrix.h"
#include "kernels/cpu/rows.h"
#include "kernels/operand_memory.h"
#include "kernels/packing.h"

namespace weighin {
namespace {

/// Rows [m][k] as a file has them -> units (packing.h) in memory of their own. Units are cut between threads;
/// where rows are no whole unit the last one fills it up.
class Repack : public Prepared {
 public:
  Repack(const Problem& problem, const MatrixFunctions& functions, Workbench& bench,
         std::span<const std::byte> weights)
      : problem_(problem),
        packing_(functions.packing),
        pool_(bench.pool),
        weights_(weights),
        row_bytes_(row_bytes(problem.format, problem.k)),
        units_((problem.m + packing_.rows - 1) / packing_.rows),
        packed_(units_ * packing_.rows * row_bytes_) {}

  void run() noexcept override {
    now_ = next_;
    next_ += problem_.m * row_bytes_;
    if (next_ + problem_.m * row_bytes_ > weights_.size()) next_ = 0;
    pool_.run([this](uint32_t rank) {
      const Slice mine = slice_of(units_, rank, pool_.threads());
      std::vector<std::byte>& blocks = blocks_[rank];
      for (uint64_t unit = mine.first; unit < mine.last; ++unit)
        pack_rows(unit, blocks.data(), packed_.data());
    });
  }

  /// Every unit in turn, written once more elsewhere: what threads wrote is where it should be.
  Check check(uint32_t samples) override {
    run();
    const uint64_t panel = packing_.rows * row_bytes_,
                   count = std::min<uint64_t>(units_, std::max(1U, samples));
    std::vector<std::byte> expected(packed_.size());
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t unit = i + 1 == count ? units_ - 1 : i * units_ / count;
      pack_rows(unit, blocks_[0].data(), expected.data());
      if (std::memcmp(&expected[unit * panel], &packed_[unit * panel], panel) != 0) return {1, 0};
    }
    return {0, 0};
  }

 private:
  /// Rows of unit `unit`, block by block.
  void pack_rows(uint64_t unit, std::byte* blocks, std::byte* to) noexcept {
    const uint64_t block = format_of(problem_.format).block_bytes, rows = packing_.rows;
    std::byte* packed = to + unit * rows * row_bytes_;
    for (uint64_t at = 0; at < row_bytes_; at += block, packed += rows * block) {
      for (uint64_t r = 0; r < rows; ++r) {
        const uint64_t row = std::min(unit * rows + r, problem_.m - 1);
        std::memcpy(blocks + r * block, &weights_[now_ + row * row_bytes_ + at], block);
      }
      pack_unit(problem_.format, packing_, blocks, packed);
    }
  }

  Problem problem_;
  Packing packing_;
  ThreadPool& pool_;
  std::span<const std::byte> weights_;
  uint64_t row_bytes_, units_, now_ = 0, next_ = 0;
  Operands<std::byte> packed_;
  /// Of each thread: one unit's blocks, side by side.
  std::vector<std::vector<std::byte>> blocks_{
      pool_.threads(),
      std::vector<std::byte>(uint64_t{packing_.rows} * format_of(problem_.format).block_bytes)};
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
      if (functions.format == FormatId::none || layout_of(functions) != Layout::packed) continue;
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
