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

/// The tolerance: f32 rounding, 2^-24, of sums of k terms (few in a row in one lane) and of exp of up to 12.
/// Softmax takes exp of differences down to -69 (values below 1e-30 count as nothing), which are themselves
/// rounded to 2^-18 = 64 * 2^-24.
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

/// An operation on rows [rows][k]. Which row of b and c a row takes depends on the operation.
class Rows : public Prepared {
 public:
  Rows(ThreadPool& pool, const Problem& problem, RowFunction function, Data data, uint64_t seed)
      : pool_(pool), p_(problem), function_(function), operands_(row_operands(problem, data, seed)) {
    y_.resize(operands_.a.size());
    flat_ = p_.op == Op::swiglu || p_.op == Op::gelu;
    flat_ ? split_.emplace(pool, y_.size(), 64) : split_.emplace(pool, operands_.rows);
  }

  void run() noexcept override {
    split_->restart();
    pool_.run([this](uint32_t rank) { split_->each(rank, [this](Slice some) { do_slice(some); }); });
  }

  Check check(uint32_t samples) override {
    run();
    return check_rows(operands_, y_, Denormals::kept, tolerance_of(p_), samples);
  }

 private:
  void do_slice(Slice s) noexcept {
    const RowOperands& o = operands_;
    if (flat_) {
      const float* b = p_.op == Op::swiglu ? &o.b[s.first] : nullptr;
      function_(&o.a[s.first], b, nullptr, &y_[s.first], static_cast<uint32_t>(s.last - s.first));
      return;
    }
    for (uint64_t r = s.first; r < s.last; ++r) {
      const float* c = p_.op == Op::rms_norm ? nullptr : o.row_of(o.c, r);
      function_(&o.a[r * p_.k], o.row_of(o.b, r), c, &y_[r * p_.k], p_.k);
    }
  }

  ThreadPool& pool_;
  Problem p_;
  RowFunction function_;
  bool flat_ = false;  // value by value: a row may be cut
  RowOperands operands_;
  Floats y_;
  std::optional<WorkSplit> split_;
};

using PrepareResult = tl::expected<std::unique_ptr<Prepared>, std::string>;

PrepareResult prepare_rows(const Problem& problem, Workbench& bench, RowFunction function) {
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
