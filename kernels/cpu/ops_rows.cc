#include "kernels/cpu/ops_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "kernels/cpu/ops_functions.h"
#include "kernels/reference/elementwise.h"

namespace weighin {
namespace {

std::vector<float> random_floats(uint64_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> any(-6, 6);
  std::vector<float> values(count);
  for (float& value : values) value = any(random);
  return values;
}

RowFunction function_of(const OpsFunctions& f, Op op) {
  switch (op) {
    case Op::rms_norm:
      return f.rms_norm;
    case Op::layer_norm:
      return f.layer_norm;
    case Op::rope:
      return f.rope;
    case Op::softmax:
      return f.softmax;
    case Op::swiglu:
      return f.swiglu;
    default:
      return f.gelu;
  }
}

/// Rows [rows][k] of an operation; which row of b and c a row takes depends on the operation.
class Rows : public Prepared {
 public:
  Rows(ThreadPool& pool, const Problem& problem, RowFunction function, uint64_t seed)
      : pool_(pool), p_(problem), function_(function) {
    rows_ = std::max(1U, p_.n) * (p_.op == Op::rope ? std::max<uint64_t>(1, p_.m) : 1);
    a_ = random_floats(rows_ * p_.k, seed);
    b_ = random_floats(p_.op == Op::swiglu ? a_.size() : uint64_t{std::max(1U, p_.n)} * p_.k, seed + 1);
    c_ = random_floats(b_.size(), seed + 2);
    y_.resize(a_.size());
  }

  void run() noexcept override {
    const bool flat = p_.op == Op::swiglu || p_.op == Op::gelu;  // value by value: a row may be cut
    pool_.run([this, flat](uint32_t rank) {
      if (flat) {
        const Slice s = slice_of(y_.size(), rank, pool_.threads(), 64);
        if (s.last == s.first) return;
        const float* b = p_.op == Op::swiglu ? &b_[s.first] : nullptr;
        function_(&a_[s.first], b, nullptr, &y_[s.first], static_cast<uint32_t>(s.last - s.first));
        return;
      }
      const Slice s = slice_of(rows_, rank, pool_.threads());
      for (uint64_t r = s.first; r < s.last; ++r) {
        function_(&a_[r * p_.k], operand(b_, r), operand(c_, r), &y_[r * p_.k], p_.k);
      }
    });
  }

  Check check(uint32_t samples) override {
    run();
    // f32 rounding, 2^-24, of sums of k terms (few in a row in one lane) and of exp of up to 12.
    Check check{0, 0x1p-24 * (64 + p_.k / 8.0)};
    const uint64_t count = y_.size(), step = std::max<uint64_t>(1, count / std::max(1U, samples));
    for (uint64_t back = 0; back < count; back += step) {  // from the last output
      const uint64_t at = count - 1 - back, r = at / p_.k;
      const Truth truth = row_truth(p_.op, &a_[r * p_.k], operand(b_, r), operand(c_, r), p_.k,
                                    static_cast<uint32_t>(at % p_.k), norm_epsilon);
      const double error = std::abs(y_[at] - truth.value) / std::max(truth.size, 1e-30);
      if (std::isnan(error)) return {error, check.tolerance};
      check.error = std::max(check.error, error);
    }
    return check;
  }

 private:
  /// Norms share one row of weights; RoPE's angles are the token's; SwiGLU's second operand is the row's own.
  const float* operand(const std::vector<float>& values, uint64_t row) const noexcept {
    if (p_.op == Op::swiglu) return &values[row * p_.k];
    return p_.op == Op::rope ? &values[row / std::max<uint64_t>(1, p_.m) * (p_.k / 2)] : values.data();
  }

  ThreadPool& pool_;
  Problem p_;
  RowFunction function_;
  uint64_t rows_ = 1;
  std::vector<float> a_, b_, c_, y_;
};

/// One meeting takes about a microsecond, too short for a clock: a run times many.
class Barrier : public Prepared {
 public:
  explicit Barrier(ThreadPool& pool) : pool_(pool) {}

  void run() noexcept override {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < meetings; ++i) pool_.run([](uint32_t) {});
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    seconds_ = passed.count() / meetings;
  }
  double own_seconds() const override { return seconds_; }

  Check check(uint32_t) override {
    std::vector<uint64_t> met(pool_.threads() * 8ULL);  // a cache line each
    for (int i = 0; i < meetings; ++i) pool_.run([&](uint32_t rank) { ++met[rank * 8ULL]; });
    bool right = true;
    for (uint32_t rank = 0; rank < pool_.threads(); ++rank) right = right && met[rank * 8ULL] == meetings;
    return {right ? 0.0 : 1.0, 0};
  }

 private:
  static constexpr int meetings = 1000;
  ThreadPool& pool_;
  double seconds_ = -1;
};

using Made = tl::expected<std::unique_ptr<Prepared>, std::string>;

Made prepare_barrier(const Problem&, Workbench& bench) {
  return std::make_unique<Barrier>(bench.pool);
}

template <const OpsFunctions* functions>
Made prepare_rows(const Problem& problem, Workbench& bench) {
  if (problem.k == 0 || (problem.op == Op::rope && problem.k % 2 != 0)) {
    return tl::unexpected(fmt::format("{} cannot be run: rows need values, and RoPE an even number of them.",
                                      describe(problem)));
  }
  return std::make_unique<Rows>(bench.pool, problem, function_of(*functions, problem.op), bench.seed);
}

template <const OpsFunctions* functions>
void add_set(std::vector<Kernel>& rows, Isa isa) {
  for (const Op op : {Op::rms_norm, Op::layer_norm, Op::rope, Op::softmax, Op::swiglu, Op::gelu}) {
    rows.push_back({fmt::format("cpu.{}.{}", op_name(op), isa_name(isa)), op, FormatId::none, isa,
                    prepare_rows<functions>});
  }
}

}  // namespace

std::vector<Kernel> row_kernels() {
  std::vector<Kernel> rows{{"cpu.barrier", Op::barrier, FormatId::none, Isa::scalar, prepare_barrier}};
  add_set<&ops_scalar>(rows, Isa::scalar);
#if defined(__x86_64__)
  add_set<&ops_avx2>(rows, Isa::avx2);
  add_set<&ops_avx512>(rows, Isa::avx512);
#endif
  return rows;
}

}  // namespace weighin
