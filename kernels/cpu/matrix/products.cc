#include "kernels/cpu/matrix/products.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <utility>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/cpu/matrix/product_operands.h"
#include "kernels/formats/codec.h"
#include "kernels/reference/matrix.h"
#include "kernels/threads/work_split.h"

namespace weighin {
namespace {

class MatrixProduct : public Prepared {
 public:
  MatrixProduct(const Problem& problem, const MatrixFunctions& functions, Workbench& bench, Weights weights,
                Ahead ahead)
      : problem_(problem),
        functions_(functions),
        pool_(bench.pool),
        weights_(weights),
        input_(functions, problem.n, problem.k, bench.data, bench.seed, bench.pool),
        split_(bench.pool, problem.m, problem.op == Op::gemv ? gemv_rows : panel_rows) {
    y_.resize(problem.n * problem.m);
    work_.row_bytes = row_bytes(problem.format, problem.k);
    work_.m = problem.m;
    work_.n = problem.n;
    work_.k = problem.k;
    input_.point(work_);
    work_.y = y_.data();
    work_.ahead = ahead;
    if (codec_of(problem.format).scaled_rows) {
      row_scales_ = row_scales(stored_rows(functions, problem.m), bench.seed);
      work_.row_scales = row_scales_.data();
    }
    slab_bytes_ = work_.row_bytes * stored_rows(functions, problem.m);
    slab_grain_ = slab_grain(problem.format);
    work_.weights = weights.bytes.data();
    if (problem.op == Op::gemm) panels_ = std::vector<Panel>(pool_.threads());
    job_ = [this](uint32_t rank) { do_part(rank); };
  }

  void run() noexcept override {
    work_.weights = weights_.bytes.data() + weights_.take(slab_bytes_, slab_grain_);
    split_.restart();
    pool_.run(job_);
  }

  Check check(uint32_t samples) override {
    run();
    return check_product({.y = y_,
                          .m = problem_.m,
                          .k = problem_.k,
                          .weights =
                              [this](uint64_t row) {
                                const auto plain =
                                    plain_row(weights_, functions_, work_.weights, problem_.k, row);
                                return reference_row(problem_.format, plain.data(), problem_.k);
                              },
                          .x = input_.floats(),
                          .activations = functions_.activations,
                          .row_scales = row_scales_,
                          .least_size = least_size(functions_)},
                         tolerance_of(functions_, problem_.k), samples);
  }

 private:
  void do_part(uint32_t rank) {
    split_.each(rank, [&](Slice rows) {
      if (problem_.op == Op::gemv) {
        functions_.gemv(work_, rows.first, rows.last);
      } else {
        functions_.gemm(work_, rows.first, rows.last, panels_[rank]);
      }
    });
  }

  Problem problem_;
  const MatrixFunctions& functions_;
  ThreadPool& pool_;
  Weights weights_;
  uint64_t slab_bytes_ = 0, slab_grain_ = 1;
  ProductInput input_;
  Floats y_, row_scales_;
  std::vector<Panel> panels_;
  MatrixWork work_{};
  WorkSplit split_;
  std::function<void(uint32_t)> job_;
};

}  // namespace

tl::expected<std::unique_ptr<Prepared>, std::string> prepare_matrix(const Problem& problem, Workbench& bench,
                                                                    const MatrixFunctions& functions,
                                                                    Ahead ahead) {
  const uint32_t block =
      std::max(rounding_step(functions.activations), format_of(problem.format).block_values);
  if (problem.m == 0 || problem.n == 0 || problem.k == 0 || problem.k % block != 0 ||
      (problem.op == Op::gemv && problem.n != 1)) {
    return tl::unexpected(
        fmt::format("Cannot prepare {}: it needs rows, tokens (one for gemv) and k a whole number of blocks "
                    "of {} values.",
                    describe(problem), block));
  }
  auto weights = bench.weights.packed(problem.format, functions.packing, bench.pool);
  if (!weights) return tl::unexpected(weights.error());
  const uint64_t slab = row_bytes(problem.format, problem.k) * stored_rows(functions, problem.m);
  if (slab > weights->bytes.size()) {
    return tl::unexpected(fmt::format(
        "Cannot prepare {}: its weights are {} bytes and the working set is {} bytes; measure fewer rows.",
        describe(problem), slab, weights->bytes.size()));
  }
  try {
    return std::make_unique<MatrixProduct>(problem, functions, bench, *weights, ahead);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(fmt::format("Cannot prepare {}: the system refused memory for {} activations.",
                                      describe(problem), uint64_t{problem.n} * problem.k));
  }
}

const MatrixFunctions* matrix_functions_of(FormatId format, Isa isa, Layout layout) {
  for (const InstructionSet& set : instruction_sets()) {
    if (set.isa != isa) continue;
    for (const MatrixFunctions& f : set.matrix()) {
      if (f.format == format && layout_of(f) == layout) return &f;
    }
  }
  return nullptr;
}

namespace {

Kernel kernel_of(Op op, const MatrixFunctions& functions, Ahead ahead, const std::string& suffix) {
  Kernel kernel{.name = fmt::format("cpu.{}.{}.{}{}", op_name(op), format_of(functions.format).name,
                                    isa_name(functions.isa), suffix),
                .op = op,
                .format = functions.format,
                .isa = functions.isa,
                .prepare = [&functions, ahead](const Problem& problem, Workbench& bench) {
                  return prepare_matrix(problem, bench, functions, ahead);
                }};
  // Where a set has no dot product of bf16, values are widened and multiplied as f32.
  if (functions.activations == Activations::floats && functions.format == FormatId::bf16)
    kernel.peak = Op::peak_fp32;
  kernel.matrix = &functions;
  kernel.packing = functions.packing;
  kernel.ahead = ahead;
  return kernel;
}

}  // namespace

std::vector<Kernel> matrix_kernels() {
  std::vector<Kernel> kernels;
  for (const InstructionSet& set : instruction_sets()) {
    for (const MatrixFunctions& functions : set.matrix()) {
      // The plain name means the packed layout, as in engines that repack.
      const bool plain = layout_of(functions) == Layout::plain;
      const std::string suffix = plain ? ".plain" : "";
      if (functions.gemv != nullptr) {
        kernels.push_back(kernel_of(Op::gemv, functions, {}, suffix));
        for (const AheadName& way : ahead_names)
          kernels.push_back(kernel_of(Op::gemv, functions, way.ahead, way.name + suffix));
      }
      if (functions.gemm != nullptr) kernels.push_back(kernel_of(Op::gemm, functions, {}, suffix));
    }
  }
  return kernels;
}

}  // namespace weighin
