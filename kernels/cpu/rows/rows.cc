#include "kernels/cpu/rows/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/operands/operands.h"
#include "kernels/reference/elementwise.h"
#include "kernels/threads/work_split.h"

namespace weighin {
namespace {

/// Ordinary operands are a few ones; adversarial ones go as far as the sum of their squares stays finite.
float limit_of(Data data) {
  return data == Data::ordinary ? 6.0F : 1e16F;
}

/// f32 rounding, 2^-24, of sums of k terms (few in a row in one lane) and of exp of up to 12. Softmax takes
/// exp of differences down to -69 (values below 1e-30 count as nothing), themselves rounded to 2^-18 = 64 *
/// 2^-24.
double tolerance_of(const Problem& problem) {
  return 0x1p-24 * ((problem.op == Op::softmax ? 128 : 64) + problem.k / 8.0);
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
  Rows(ThreadPool& pool, const Problem& problem, RowFunction function, Data data, uint64_t seed)
      : pool_(pool), p_(problem), function_(function) {
    rows_ = std::max(1U, p_.n) * (p_.op == Op::rope ? std::max<uint64_t>(1, p_.m) : 1);
    const float limit = limit_of(data);
    const uint64_t values = rows_ * p_.k, shared = uint64_t{std::max(1U, p_.n)} * p_.k;
    a_ = operand_rows(values, p_.k, limit, data, seed);
    b_ = operand_rows(p_.op == Op::swiglu ? values : shared, p_.k, limit, data, seed + 1);
    c_ = operand_rows(b_.size(), p_.k, limit, data, seed + 2);
    y_.resize(a_.size());
    flat_ = p_.op == Op::swiglu || p_.op == Op::gelu;
    flat_ ? split_.emplace(pool, y_.size(), 64) : split_.emplace(pool, rows_);
  }

  void run() noexcept override {
    split_->restart();
    pool_.run([this](uint32_t rank) { split_->each(rank, [this](Slice some) { do_slice(some); }); });
  }

  Check check(uint32_t samples) override {
    run();
    Check check{0, tolerance_of(p_)};
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
  void do_slice(Slice s) noexcept {
    if (flat_) {
      const float* b = p_.op == Op::swiglu ? &b_[s.first] : nullptr;
      function_(&a_[s.first], b, nullptr, &y_[s.first], static_cast<uint32_t>(s.last - s.first));
      return;
    }
    for (uint64_t r = s.first; r < s.last; ++r) {
      const float* c = p_.op == Op::rms_norm ? nullptr : operand(c_, r);
      function_(&a_[r * p_.k], operand(b_, r), c, &y_[r * p_.k], p_.k);
    }
  }

  /// Norms share one row of weights; RoPE's angles are the token's; SwiGLU's second operand is the row's own.
  const float* operand(const Floats& values, uint64_t row) const noexcept {
    if (p_.op == Op::swiglu) return &values[row * p_.k];
    return p_.op == Op::rope ? &values[row / std::max<uint64_t>(1, p_.m) * (p_.k / 2)] : values.data();
  }

  ThreadPool& pool_;
  Problem p_;
  RowFunction function_;
  uint64_t rows_ = 1;
  bool flat_ = false;  // value by value: a row may be cut
  Floats a_, b_, c_, y_;
  std::optional<WorkSplit> split_;
};

using Made = tl::expected<std::unique_ptr<Prepared>, std::string>;

Made prepare_rows(const Problem& problem, Workbench& bench, RowFunction function) {
  if (problem.k == 0 || (problem.op == Op::rope && problem.k % 2 != 0)) {
    return tl::unexpected(fmt::format("{} cannot be run: rows need values, and RoPE an even number of them.",
                                      describe(problem)));
  }
  return std::make_unique<Rows>(bench.pool, problem, function, bench.data, bench.seed);
}

}  // namespace

std::vector<Kernel> row_kernels() {
  std::vector<Kernel> rows;
  for (const InstructionSet& set : instruction_sets()) {
    for (const Op op : {Op::rms_norm, Op::layer_norm, Op::rope, Op::softmax, Op::swiglu, Op::gelu}) {
      const RowFunction function = function_of(set.ops, op);
      if (function == nullptr) continue;
      rows.push_back({fmt::format("cpu.{}.{}", op_name(op), isa_name(set.isa)), op, FormatId::none, set.isa,
                      [function](const Problem& problem, Workbench& bench) {
                        return prepare_rows(problem, bench, function);
                      }});
    }
  }
  return rows;
}

}  // namespace weighin
