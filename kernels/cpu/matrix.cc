// Matrix products made ready: operands, the rotation through the weights, and the check.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <random>
#include <utility>

#include "kernels/cpu/matrix_work.h"
#include "kernels/cpu/rows.h"
#include "kernels/reference/matrix.h"

namespace weighin {
namespace {

/// Rows a thread takes at a time by gemv: 64 bytes of y, so that no two threads write one cache line.
constexpr uint64_t gemv_grain = 16;

/// Activations whose int8 form is exact: whole multiples of 2^-7 up to 127, each group of 32 with one of 127.
/// The check then sees only the kernel's own rounding, not that of the activations (at most 1/254 of the
/// group's largest, the same for every kernel), which would hide a wrong weight among thousands.
std::vector<float> exact_activations(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> x(count);
  for (size_t i = 0; i < count; ++i) {
    const auto bits = random();
    const int size = i % activation_group == 5 ? 127 : static_cast<int>(bits >> 8 & 127);
    x[i] = static_cast<float>(bits & 1 ? size : -size) * 0x1p-7F;
  }
  return x;
}

/// Every float sum has at most k terms in a row and each rounds by 2^-24 of what is summed so far; 128 more
/// for scales, offsets and mins, which are summed apart and are larger than what is left of them.
double tolerance_of(uint32_t k) {
  return (k + 128.0) * 0x1p-24;
}

class MatrixProduct : public Prepared {
 public:
  MatrixProduct(const Problem& problem, const MatrixFunctions& functions, Workbench& bench,
                std::span<const std::byte> weights)
      : problem_(problem), functions_(functions), pool_(bench.pool), weights_(weights) {
    const size_t values = size_t{problem.n} * problem.k;
    x_ = exact_activations(values, bench.seed);
    y_.resize(problem.n * problem.m);
    work_.row_bytes = row_bytes(problem.format, problem.k);
    work_.m = problem.m;
    work_.n = problem.n;
    work_.k = problem.k;
    work_.x = x_.data();
    work_.y = y_.data();
    if (functions.quantize) {
      quantized_.resize(values);
      scales_.resize(values / activation_group);
      sums_.resize(values / sum_group);
      work_.quantized = quantized_.data();
      work_.scales = scales_.data();
      work_.sums = sums_.data();
    }
    slab_bytes_ = work_.row_bytes * problem.m;
    work_.weights = weights.data();
    if (problem.op == Op::gemm) panels_ = std::vector<Panel>(pool_.threads());
    job_ = [this](uint32_t rank) { do_part(rank); };
  }

  void run() noexcept override {
    work_.weights = weights_.data() + next_;
    next_ += slab_bytes_;
    if (next_ + slab_bytes_ > weights_.size()) next_ = 0;
    pool_.run(job_);
  }

  Check check(uint32_t samples) override {
    run();
    Check check{0, tolerance_of(problem_.k)};
    const uint64_t outputs = y_.size(), count = std::min<uint64_t>(std::max(1U, samples), outputs);
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t at = i + 1 == count ? outputs - 1 : i * outputs / count;
      const uint64_t token = at / problem_.m, row = at % problem_.m;
      const ReferenceDot dot = reference_dot(problem_.format, work_.weights + row * work_.row_bytes,
                                             x_.data() + token * problem_.k, problem_.k);
      const double off = std::fabs(y_[at] - dot.sum);
      const double error = off == 0 ? 0 : off / dot.size;
      if (!(error <= check.error)) check.error = error;  // keeps NaN
      if (std::isnan(check.error)) break;
    }
    return check;
  }

 private:
  void do_part(uint32_t rank) {
    const uint32_t threads = pool_.threads();
    if (functions_.quantize) {
      const Slice groups = slice_of(scales_.size(), rank, threads, 2);
      functions_.quantize(work_, groups.first, groups.last);
      pool_.barrier();
    }
    if (problem_.op == Op::gemv) {
      const Slice rows = slice_of(problem_.m, rank, threads, gemv_grain);
      functions_.gemv(work_, rows.first, rows.last);
    } else {
      const Slice rows = slice_of(problem_.m, rank, threads, panel_rows);
      functions_.gemm(work_, rows.first, rows.last, panels_[rank]);
    }
  }

  Problem problem_;
  const MatrixFunctions& functions_;
  ThreadPool& pool_;
  std::span<const std::byte> weights_;
  uint64_t slab_bytes_ = 0, next_ = 0;
  std::vector<float> x_, y_, scales_;
  std::vector<int8_t> quantized_;
  std::vector<int32_t> sums_;
  std::vector<Panel> panels_;
  MatrixWork work_{};
  std::function<void(uint32_t)> job_;
};

tl::expected<std::unique_ptr<Prepared>, std::string> prepare(const Problem& problem, Workbench& bench,
                                                             const MatrixFunctions& functions) {
  const uint32_t block = functions.quantize
                             ? std::max(activation_group, format_of(problem.format).block_values)
                             : format_of(problem.format).block_values;
  if (problem.m == 0 || problem.n == 0 || problem.k == 0 || problem.k % block != 0 ||
      (problem.op == Op::gemv && problem.n != 1)) {
    return tl::unexpected(
        fmt::format("Cannot prepare {}: it needs rows, tokens (one for gemv) and k a whole number of blocks "
                    "of {} values.",
                    describe(problem), block));
  }
  auto weights = bench.weights.weights(problem.format);
  if (!weights) return tl::unexpected(weights.error());
  const uint64_t slab = row_bytes(problem.format, problem.k) * problem.m;
  if (slab > weights->size()) {
    return tl::unexpected(fmt::format(
        "Cannot prepare {}: its weights are {} bytes and the working set is {} bytes; measure fewer rows.",
        describe(problem), slab, weights->size()));
  }
  try {
    return std::make_unique<MatrixProduct>(problem, functions, bench, *weights);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(fmt::format("Cannot prepare {}: the system refused memory for {} activations.",
                                      describe(problem), uint64_t{problem.n} * problem.k));
  }
}

const MatrixFunctions* functions_of(FormatId format, Isa isa) {
  std::span<const MatrixFunctions> all = scalar::matrix_functions();
#if defined(__x86_64__)
  if (isa == Isa::avx2) all = avx2::matrix_functions();
  if (isa == Isa::avx512) all = avx512::matrix_functions();
  if (isa == Isa::avx512vnni) all = avx512vnni::matrix_functions();
#else
  if (isa != Isa::scalar) return nullptr;
#endif
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.format == format; });
  return found == all.end() ? nullptr : &*found;
}

template <FormatId format, Isa isa>
void add_rows(std::vector<Kernel>& kernels) {
  const MatrixFunctions* functions = functions_of(format, isa);
  if (functions == nullptr) return;
  const auto make = [](const Problem& problem, Workbench& bench) {
    return prepare(problem, bench, *functions_of(format, isa));
  };
  for (const Op op : {Op::gemv, Op::gemm}) {
    if (op == Op::gemv && functions->gemv == nullptr) continue;
    kernels.push_back({fmt::format("cpu.{}.{}.{}", op_name(op), format_of(format).name, isa_name(isa)), op,
                       format, isa, make});
  }
}

template <FormatId format>
void add_format(std::vector<Kernel>& kernels) {
  add_rows<format, Isa::scalar>(kernels);
  add_rows<format, Isa::avx2>(kernels);
  add_rows<format, Isa::avx512>(kernels);
  add_rows<format, Isa::avx512vnni>(kernels);
}

}  // namespace

std::vector<Kernel> matrix_kernels() {
  std::vector<Kernel> kernels;
#define FORMAT(name, gguf_type, block_values, block_bytes) add_format<FormatId::name>(kernels);
#include "models/formats.inc"
#undef FORMAT
  return kernels;
}

}  // namespace weighin
