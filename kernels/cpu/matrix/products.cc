#include "kernels/cpu/matrix/products.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <utility>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/formats/codec.h"
#include "kernels/operands/operands.h"
#include "kernels/reference/matrix.h"
#include "kernels/threads/work_split.h"

namespace weighin {
namespace {

/// The tolerance, relative to the size of the terms. A float sum rounds by 2^-24. Products of floats add at
/// most k terms in a row (gemm). Products of quantized weights add in int32, exactly, and then two float
/// terms a group of 32 (for halves, offsets or mins), each a product of up to four rounded factors. The
/// constants allow for the sum over lanes and for the rounding of the reference.
double tolerance_of(const MatrixFunctions& functions, uint32_t k) {
  return (has_int8(functions.activations) ? k / 16.0 + 32 : k + 128.0) * 0x1p-24;
}

/// A sum whose terms are smaller than this is compared as if they had this size. A product of two small
/// scales (below 2^-126) may have fewer than 24 bits before it is multiplied with a dot product of up to
/// 2^20. Products of bf16 take subnormal numbers as zeros (VDPBF16PS; Intel's Software Developer's Manual,
/// volume 2): weights below 2^-126 times activations up to 2^27.
double least_size(const MatrixFunctions& functions) {
  return functions.activations == Activations::bf16 ? 0x1p-60 : 0x1p-100;
}

/// The ways of asking ahead that are worth a try. Measured on Sapphire Rapids, where 4 KiB to 16 KiB into the
/// level-2 cache are alike and best for most formats, and 2 KiB into the level-1 cache for q6_K.
struct AheadName {
  Ahead ahead;
  const char* name;
};
constexpr AheadName ahead_names[] = {
    {{.bytes = 4 << 10}, ".ahead4k"},
    {{.bytes = 16 << 10}, ".ahead16k"},
    {{.bytes = 2 << 10, .into_level1 = true}, ".ahead2k_l1"},
};

/// Slabs begin at multiples of so many blocks, which are whole units of every packing and whole lines of 64
/// bytes.
constexpr uint64_t blocks_together = 64;

/// Rows of W in memory: packed rows are whole units.
uint64_t stored_rows(const MatrixFunctions& functions, uint64_t m) {
  const uint64_t unit = std::max(1U, functions.packing.rows);
  return (m + unit - 1) / unit * unit;
}

class MatrixProduct : public Prepared {
 public:
  MatrixProduct(const Problem& problem, const MatrixFunctions& functions, Workbench& bench, Weights weights,
                Ahead ahead)
      : problem_(problem),
        functions_(functions),
        pool_(bench.pool),
        weights_(weights),
        split_(bench.pool, problem.m, problem.op == Op::gemv ? gemv_rows : panel_rows) {
    const size_t values = size_t{problem.n} * problem.k;
    x_ = activations(values, bench.data, bench.seed);
    y_.resize(problem.n * problem.m);
    work_.row_bytes = row_bytes(problem.format, problem.k);
    work_.m = problem.m;
    work_.n = problem.n;
    work_.k = problem.k;
    work_.x = x_.data();
    work_.y = y_.data();
    work_.ahead = ahead;
    if (has_int8(functions.activations)) {
      quantized_.resize(values);
      scales_.resize(values / rounding_span(functions.activations, problem.k));
      sums_.resize(values / sum_group);
      work_.quantized = quantized_.data();
      work_.scales = scales_.data();
      group_sums_.resize(values / 32);
      min_factors_.resize(values / 32);
      work_.sums = sums_.data();
      work_.group_sums = group_sums_.data();
      work_.min_factors = min_factors_.data();
    }
    if (functions.activations == Activations::bf16) {
      bf16_.resize(values);
      work_.bf16 = bf16_.data();
    }
    if (codec_of(problem.format).scaled_rows) {
      row_scales_ = row_scales(stored_rows(functions, problem.m), bench.seed);
      work_.row_scales = row_scales_.data();
    }
    slab_bytes_ = work_.row_bytes * stored_rows(functions, problem.m);
    slab_grain_ = blocks_together * format_of(problem.format).block_bytes;
    work_.weights = weights.bytes.data();
    if (functions.round) {
      const uint64_t span = rounding_span(functions.activations, problem.k),
                     count = (values + span - 1) / span;
      pool_.run([&](uint32_t rank) {
        const Slice groups = slice_of(count, rank, pool_.threads());
        functions.round(work_, groups.first, groups.last);
      });
    }
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
                                return reference_row(problem_.format, plain_row(row).data(), problem_.k);
                              },
                          .x = x_,
                          .activations = functions_.activations,
                          .row_scales = row_scales_,
                          .least_size = least_size(functions_)},
                         tolerance_of(functions_, problem_.k), samples);
  }

 private:
  /// Row `r` of the present slab in the order of the format: the blocks that it was packed from.
  std::vector<std::byte> plain_row(uint64_t r) const {
    const uint64_t block = format_of(problem_.format).block_bytes, blocks = work_.row_bytes / block;
    const uint64_t unit = std::max(1U, functions_.packing.rows);
    const auto slab = static_cast<uint64_t>(work_.weights - weights_.bytes.data()) / block;
    std::vector<std::byte> row(work_.row_bytes);
    for (uint64_t b = 0; b < blocks; ++b) {
      const uint64_t at = (slab + (r / unit * blocks + b) * unit + r % unit) * block % weights_.blocks.size();
      std::copy_n(weights_.blocks.begin() + static_cast<ptrdiff_t>(at), block,
                  row.begin() + static_cast<ptrdiff_t>(b * block));
    }
    return row;
  }

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
  Floats x_, y_, scales_, min_factors_, row_scales_;
  Operands<int8_t> quantized_;
  Operands<uint16_t> bf16_;
  Operands<int16_t> sums_, group_sums_;
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

Kernel kernel_of(Op op, const MatrixFunctions& functions, Ahead ahead, const char* suffix) {
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
      const char* suffix = plain ? ".plain" : "";
      if (functions.gemv != nullptr) {
        kernels.push_back(kernel_of(Op::gemv, functions, {}, suffix));
        for (const AheadName& way : ahead_names)
          if (!plain) kernels.push_back(kernel_of(Op::gemv, functions, way.ahead, way.name));
      }
      if (functions.gemm != nullptr) kernels.push_back(kernel_of(Op::gemm, functions, {}, suffix));
    }
  }
  return kernels;
}

}  // namespace weighin
