#include "kernels/cpu/matrix/expert_products.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <new>
#include <numeric>
#include <utility>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/cpu/matrix/product_operands.h"
#include "kernels/cpu/matrix/products.h"
#include "kernels/formats/codec.h"
#include "kernels/reference/matrix.h"
#include "kernels/threads/work_split.h"

namespace weighin {
namespace {

/// Rows of one expert that a thread takes at a time from the products of many tokens: what gemm multiplies
/// before it goes on along the rows, or less where that would leave a thread fewer pieces than this, since
/// experts have unlike numbers of tokens.
constexpr uint64_t most_piece_rows = uint64_t{panels_together} * panel_rows, pieces_a_thread = 8;

/// One token's use of an expert: a row of the expert's activations.
struct Use {
  uint32_t expert, token, slot;  // slot: of the token's results
};

/// An expert that some token uses: its uses are `count` from `first` on.
struct Reached {
  uint32_t expert, first, count;
};

/// A routing, sorted by expert.
struct Grouped {
  std::vector<Use> uses;
  std::vector<Reached> reached;  // those with the most uses first
};

Grouped group(const Routing& routing, uint32_t used) {
  Grouped grouped;
  for (uint32_t i = 0; i < routing.size(); ++i) grouped.uses.push_back({routing[i], i / used, i % used});
  std::stable_sort(grouped.uses.begin(), grouped.uses.end(),
                   [](const Use& a, const Use& b) { return a.expert < b.expert; });
  for (uint32_t i = 0; i < grouped.uses.size(); ++i) {
    if (i == 0 || grouped.uses[i].expert != grouped.uses[i - 1].expert)
      grouped.reached.push_back({grouped.uses[i].expert, i, 0});
    ++grouped.reached.back().count;
  }
  std::stable_sort(grouped.reached.begin(), grouped.reached.end(),
                   [](const Reached& a, const Reached& b) { return a.count > b.count; });
  return grouped;
}

class ExpertProducts : public Prepared {
 public:
  ExpertProducts(const Problem& problem, const MatrixFunctions& functions, Workbench& bench, Weights weights,
                 Ahead ahead, const Router& router)
      : problem_(problem),
        functions_(functions),
        pool_(bench.pool),
        weights_(weights),
        input_(functions, problem.n, problem.k, bench.data, bench.seed, bench.pool),
        y_(uint64_t{problem.n} * problem.kv_heads * problem.m),
        piece_rows_(gemv_rows),
        whole_rows_((problem.m + gemv_rows - 1) / gemv_rows * gemv_rows),
        one_token_(bench.pool, whole_rows_ * problem.kv_heads, gemv_rows) {
    work_.row_bytes = row_bytes(problem.format, problem.k);
    work_.m = problem.m;
    work_.k = problem.k;
    work_.ahead = ahead;
    matrix_bytes_ = work_.row_bytes * stored_rows(functions, problem.m);
    if (codec_of(problem.format).scaled_rows)
      row_scales_ = row_scales(stored_rows(functions, problem.m) * problem.heads, bench.seed);
    const uint32_t routings = problem.n == 1 ? most_routings_of_token : most_routings_of_prompt;
    for (uint64_t run = 0; run < routings; ++run) routings_.push_back(group(router(run), problem.kv_heads));
    if (problem.n == 1) {
      job_ = [this](uint32_t rank) { compute_token(rank); };
      return;
    }
    const uint64_t rows = uint64_t{problem.n} * problem.kv_heads;
    const bool floats = functions.activations == Activations::floats ||
                        (functions.gemv && functions.activations == Activations::bf16);
    gathered_ = ProductInput(functions, rows, problem.k, floats);
    gathered_y_.resize(rows * problem.m);
    panels_ = std::vector<Panel>(pool_.threads());
    job_ = [this](uint32_t rank) { compute_tokens(rank); };
  }

  void run() noexcept override {
    const uint64_t bytes = matrix_bytes_ * problem_.heads;
    matrices_ = weights_.bytes.data() + weights_.take(bytes, slab_grain(problem_.format));
    routing_ = &routings_[run_++ % routings_.size()];
    if (problem_.n == 1) {
      one_token_.restart();
    } else {
      const uint64_t all = problem_.m * routing_->reached.size(),
                     share = all / (pieces_a_thread * pool_.threads()) / panel_rows * panel_rows;
      piece_rows_ = std::clamp(share, uint64_t{panel_rows}, most_piece_rows);
      next_piece_.store(0, std::memory_order_relaxed);
    }
    pool_.run(job_);
  }

  /// Compares outputs of all tokens and experts, expert after expert.
  Check check(uint32_t samples) override {
    run();
    const uint64_t m = problem_.m;
    std::map<uint32_t, std::vector<double>> tokens;  // of X, rounded
    ReferenceRow weights;
    const std::byte* decoded = nullptr;  // the matrix and the row that `weights` holds
    uint64_t decoded_row = m;
    return check_outputs(y_.size(), samples, tolerance_of(functions_, problem_.k), [&](uint64_t output) {
      // Row after row of an expert, so that a row is decoded once for all its tokens.
      const Reached& reached = expert_at(output);
      const uint64_t within = output - reached.first * m, row = within / reached.count;
      const Use& use = routing_->uses[reached.first + within % reached.count];
      std::vector<double>& x = tokens[use.token];
      if (x.empty())
        x = reference_activations(&input_.floats()[uint64_t{use.token} * problem_.k], problem_.k,
                                  functions_.activations);
      const std::byte* matrix = matrix_of(use.expert);
      if (matrix != decoded || row != decoded_row)
        weights = reference_row(problem_.format,
                                plain_row(weights_, functions_, matrix, problem_.k, row).data(), problem_.k);
      decoded = matrix;
      decoded_row = row;
      ReferenceDot dot = reference_dot(weights, x);
      if (!row_scales_.empty()) {
        const double scale = scales_of(use.expert)[row];
        dot = {dot.sum * scale, dot.size * scale};
      }
      return std::fabs(result_of(use)[row] - dot.sum) / std::max(dot.size, least_size(functions_));
    });
  }

 private:
  const std::byte* matrix_of(uint32_t expert) const { return matrices_ + matrix_bytes_ * expert; }
  const float* scales_of(uint32_t expert) const {
    return row_scales_.empty() ? nullptr : row_scales_.data() + stored_rows(functions_, problem_.m) * expert;
  }
  float* result_of(const Use& use) {
    return y_.data() + (uint64_t{use.token} * problem_.kv_heads + use.slot) * problem_.m;
  }
  /// The expert whose outputs hold number `output` of all, in the order of the uses.
  const Reached& expert_at(uint64_t output) const {
    return *std::find_if(routing_->reached.begin(), routing_->reached.end(), [&](const Reached& r) {
      return output >= r.first * problem_.m && output < (uint64_t{r.first} + r.count) * problem_.m;
    });
  }
  MatrixWork work_of(uint32_t expert, uint32_t tokens) const {
    MatrixWork work = work_;
    work.weights = matrix_of(expert);
    work.row_scales = scales_of(expert);
    work.n = tokens;
    return work;
  }

  /// This rank's rows of the matrices of one token, which lie one after another.
  void compute_token(uint32_t rank) noexcept {
    one_token_.each(rank, [&](Slice rows) {
      for (uint64_t at = rows.first; at < rows.last;) {
        const uint64_t use = at / whole_rows_, first = at % whole_rows_;
        const uint64_t end = std::min(whole_rows_, first + rows.last - at);
        const Use& of = routing_->uses[use];
        MatrixWork work = work_of(of.expert, 1);
        input_.point(work);
        work.y = result_of(of);
        functions_.gemv(work, first, std::min(problem_.m, end));
        at += end - first;
      }
    });
  }

  void compute_tokens(uint32_t rank) noexcept {
    gather(rank);
    pool_.barrier();
    const uint64_t pieces = (problem_.m + piece_rows_ - 1) / piece_rows_,
                   all = pieces * routing_->reached.size();
    for (;;) {
      const uint64_t piece = next_piece_.fetch_add(1, std::memory_order_relaxed);
      if (piece >= all) return;
      const uint64_t first = piece % pieces * piece_rows_;
      multiply(routing_->reached[piece / pieces], {first, std::min(problem_.m, first + piece_rows_)}, rank);
    }
  }

  /// Copies this rank's share of the activations together for each expert.
  void gather(uint32_t rank) noexcept {
    const Slice mine = slice_of(routing_->uses.size(), rank, pool_.threads());
    for (const Reached& reached : routing_->reached) {
      const uint64_t end = std::min<uint64_t>(mine.last, reached.first + reached.count);
      for (uint64_t i = std::max<uint64_t>(mine.first, reached.first); i < end; ++i)
        gathered_.copy_row(input_, problem_.n, routing_->uses[i].token, reached.first, reached.count,
                           static_cast<uint32_t>(i - reached.first));
    }
  }

  /// Some rows of an expert times all its tokens.
  void multiply(const Reached& reached, Slice rows, uint32_t rank) noexcept {
    MatrixWork work = work_of(reached.expert, reached.count);
    gathered_.point(work, reached.first);
    work.y = gathered_y_.data() + reached.first * problem_.m;
    if (reached.count == 1 && functions_.gemv) {
      functions_.gemv(work, rows.first, rows.last);
    } else {
      functions_.gemm(work, rows.first, rows.last, panels_[rank]);
    }
    for (uint32_t i = 0; i < reached.count; ++i) {
      const float* from = work.y + i * problem_.m;
      std::copy(from + rows.first, from + rows.last,
                result_of(routing_->uses[reached.first + i]) + rows.first);
    }
  }

  Problem problem_;
  const MatrixFunctions& functions_;
  ThreadPool& pool_;
  Weights weights_;
  ProductInput input_, gathered_;
  Floats y_, gathered_y_, row_scales_;
  std::vector<Panel> panels_;
  uint64_t matrix_bytes_ = 0;
  const std::byte* matrices_ = nullptr;  // of this run
  std::vector<Grouped> routings_;
  const Grouped* routing_ = nullptr;
  uint64_t run_ = 0, piece_rows_;
  uint64_t whole_rows_;  // of a matrix, in pieces that begin a line of its results
  WorkSplit one_token_;
  std::atomic<uint64_t> next_piece_{0};
  MatrixWork work_{};
  std::function<void(uint32_t)> job_;
};

}  // namespace

Router random_router(const Problem& problem, uint64_t seed) {
  return [problem, seed](uint64_t run) {
    Random random(seed * 1000003 + run);
    std::vector<uint32_t> all(problem.heads);
    std::iota(all.begin(), all.end(), 0U);
    Routing routing;
    for (uint32_t token = 0; token < problem.n; ++token) {
      std::shuffle(all.begin(), all.end(), random);
      routing.insert(routing.end(), all.begin(), all.begin() + problem.kv_heads);
    }
    return routing;
  };
}

tl::expected<std::unique_ptr<Prepared>, std::string> prepare_experts(const Problem& problem, Workbench& bench,
                                                                     const MatrixFunctions& functions,
                                                                     Ahead ahead, const Router& router) {
  const uint32_t block =
      std::max(rounding_step(functions.activations), format_of(problem.format).block_values);
  if (problem.m == 0 || problem.n == 0 || problem.k == 0 || problem.k % block != 0 || problem.kv_heads == 0 ||
      problem.heads < problem.kv_heads) {
    return tl::unexpected(fmt::format(
        "Cannot prepare {}: it needs rows, tokens, k a whole number of blocks of {} values, and at "
        "least as many experts as a token uses.",
        describe(problem), block));
  }
  if (problem.n == 1 && !functions.gemv) {
    return tl::unexpected(fmt::format("Cannot prepare {}: {} has no product of one token.", describe(problem),
                                      isa_name(functions.isa)));
  }
  auto weights = bench.weights.packed(problem.format, functions.packing, bench.pool);
  if (!weights) return tl::unexpected(weights.error());
  const uint64_t bytes =
      row_bytes(problem.format, problem.k) * stored_rows(functions, problem.m) * problem.heads;
  if (bytes > weights->bytes.size()) {
    return tl::unexpected(fmt::format(
        "Cannot prepare {}: its weights are {} bytes and the working set is {} bytes; measure fewer rows.",
        describe(problem), bytes, weights->bytes.size()));
  }
  try {
    return std::make_unique<ExpertProducts>(problem, functions, bench, *weights, ahead,
                                            router ? router : random_router(problem, bench.seed));
  } catch (const std::bad_alloc&) {
    return tl::unexpected(
        fmt::format("Cannot prepare {}: the system refused memory for {} activations of {} experts.",
                    describe(problem), uint64_t{problem.n} * problem.k, problem.kv_heads));
  }
}

std::vector<Kernel> expert_kernels() {
  std::vector<Kernel> kernels;
  for (const Kernel& product : matrix_kernels()) {
    // A set whose one token is a lesser set's has gemm alone.
    if (product.op == Op::gemm && product.matrix->gemv != nullptr) continue;
    // A mapped file is not raced for: the winner of a race is nearly always packed.
    if (product.packing.rows == 0 && product.ahead.bytes > 0) continue;
    Kernel kernel = product;
    kernel.op = Op::expert_products;
    const std::string of_product = fmt::format("cpu.{}.", op_name(product.op));
    kernel.name = fmt::format("cpu.{}.{}", op_name(kernel.op), product.name.substr(of_product.size()));
    kernel.prepare = [functions = product.matrix, ahead = product.ahead](const Problem& problem,
                                                                         Workbench& bench) {
      return prepare_experts(problem, bench, *functions, ahead);
    };
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

}  // namespace weighin
