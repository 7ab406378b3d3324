#include "kernels/cpu/weights/embedding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/operands/operand_memory.h"
#include "kernels/reference/matrix.h"

namespace weighin {
namespace {

/// Rows that are drawn before they repeat. At 1 KiB each they are more than most caches hold.
constexpr uint32_t rows_drawn = 1 << 16;

/// y[n][k] = n rows of table[m][k]. Where the table is larger than the working set, rows are drawn from as
/// many as the working set holds. It is larger than the caches, so that they come from memory all the same;
/// only misses in address translation are fewer than with the whole table.
class Embedding : public Prepared {
 public:
  Embedding(const Problem& problem, const MatrixFunctions& functions, Workbench& bench,
            std::span<const std::byte> weights)
      : problem_(problem),
        functions_(functions),
        pool_(bench.pool),
        weights_(weights),
        row_bytes_(row_bytes(problem.format, problem.k)),
        y_(uint64_t{problem.n} * problem.k) {
    const uint64_t rows = std::min(problem.m, weights.size() / row_bytes_);
    Random random(bench.seed);
    drawn_.resize(std::max(rows_drawn, problem.n));
    for (uint64_t& row : drawn_) row = random() % rows;
  }

  void run() noexcept override {
    first_ = next_ + problem_.n > drawn_.size() ? 0 : next_;
    next_ = first_ + problem_.n;
    pool_.run([this](uint32_t rank) {
      const Slice tokens = slice_of(problem_.n, rank, pool_.threads());
      for (uint64_t t = tokens.first; t < tokens.last; ++t) {
        functions_.decode(row_of(t), &y_[t * problem_.k], problem_.k);
      }
    });
  }

  Check check(uint32_t samples) override {
    run();
    // Values that are stored as floats come out as they are. Others are d * scale * q, which is exact, less a
    // min that is exact too: the difference rounds, and one more rounding is allowed for formats of more
    // factors.
    const double tolerance = format_of(problem_.format).quantized() ? 0x1p-23 : 0;
    const auto row = [this](uint64_t token) {
      return reference_row(problem_.format, row_of(token), problem_.k);
    };
    return check_embedding(y_, problem_.k, row, tolerance, 0, samples);
  }

 private:
  const std::byte* row_of(uint64_t token) const noexcept {
    return weights_.data() + drawn_[first_ + token] * row_bytes_;
  }

  Problem problem_;
  const MatrixFunctions& functions_;
  ThreadPool& pool_;
  std::span<const std::byte> weights_;
  uint64_t row_bytes_;
  std::vector<uint64_t> drawn_;
  uint64_t first_ = 0, next_ = 0;
  Floats y_;
};

using PrepareResult = tl::expected<std::unique_ptr<Prepared>, std::string>;

PrepareResult prepare(const Problem& problem, Workbench& bench, const MatrixFunctions& functions) {
  const uint32_t block = format_of(problem.format).block_values;
  if (problem.m == 0 || problem.n == 0 || problem.k == 0 || problem.k % block != 0) {
    return tl::unexpected(
        fmt::format("Cannot prepare {}: it needs rows, tokens and k a whole number of blocks of {} values.",
                    describe(problem), block));
  }
  const auto weights = bench.weights.weights(problem.format, bench.pool);
  if (!weights) return tl::unexpected(weights.error());
  if (const uint64_t row = row_bytes(problem.format, problem.k); row > weights->size()) {
    return tl::unexpected(fmt::format("Cannot prepare {}: a row is {} bytes and the working set is {} bytes.",
                                      describe(problem), row, weights->size()));
  }
  try {
    return std::make_unique<Embedding>(problem, functions, bench, *weights);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(fmt::format("Cannot prepare {}: the system refused memory for {} values.",
                                      describe(problem), uint64_t{problem.n} * problem.k));
  }
}

}  // namespace

std::vector<Kernel> embedding_kernels() {
  std::vector<Kernel> kernels;
  for (const InstructionSet& set : instruction_sets()) {
    for (const MatrixFunctions& functions : set.matrix()) {
      if (functions.decode == nullptr) continue;
      kernels.push_back(
          {fmt::format("cpu.embedding.{}.{}", format_of(functions.format).name, isa_name(set.isa)),
           Op::embedding, functions.format, set.isa, [&functions](const Problem& problem, Workbench& bench) {
             return prepare(problem, bench, functions);
           }});
    }
  }
  return kernels;
}

}  // namespace weighin
