#include "kernels/cpu/matrix/rounding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/cpu/matrix/products.h"
#include "kernels/formats/half.h"
#include "kernels/operands/operands.h"
#include "kernels/reference/matrix.h"

namespace weighin {
namespace {

/// Rounds X[n][k] to int8 with scales and sums, or to bf16 (MatrixWork), as engines do before each product.
class Rounding : public Prepared {
 public:
  Rounding(const Problem& problem, const MatrixFunctions& functions, Workbench& bench)
      : functions_(functions), pool_(bench.pool), span_(rounding_span(functions.activations, problem.k)) {
    const uint64_t values = uint64_t{problem.n} * problem.k;
    x_ = activations(values, bench.data, bench.seed);
    work_.n = problem.n;
    work_.k = problem.k;
    work_.x = x_.data();
    if (has_int8(functions.activations)) {
      quantized_.resize(values);
      scales_.resize(values / span_);
      sums_.resize(values / sum_group);
      group_sums_.resize(values / 32);
      min_factors_.resize(values / 32);
    } else {
      bf16_.resize(values);
    }
    work_.quantized = quantized_.data();
    work_.scales = scales_.data();
    work_.sums = sums_.data();
    work_.group_sums = group_sums_.data();
    work_.min_factors = min_factors_.data();
    work_.bf16 = bf16_.data();
    groups_ = (values + span_ - 1) / span_;
  }

  void run() noexcept override {
    pool_.run([this](uint32_t rank) {
      const Slice groups = slice_of(groups_, rank, pool_.threads(), 2);
      functions_.round(work_, groups.first, groups.last);
    });
  }

  /// Compares whole groups: the last one, and others spread before it.
  Check check(uint32_t samples) override {
    run();
    const double tolerance = has_int8(functions_.activations) ? int8_rounding_tolerance : 0;  // bf16 is exact
    return check_outputs(groups_, samples, tolerance, [this](uint64_t group) { return error_of(group); });
  }

 private:
  /// The largest error of a group, relative to its largest value, or 1 where the sums are wrong.
  double error_of(uint64_t group) const {
    const uint64_t first = group * span_, last = std::min<uint64_t>(first + span_, x_.size());
    double error = 0;
    if (!has_int8(functions_.activations)) {
      for (uint64_t i = first; i < last; ++i) {
        // Subnormal numbers may stay or become zeros (VCVTNEPS2BF16 takes them as zeros).
        const bool nearest = bf16_[i] == float_to_bf16(x_[i]);
        if (!nearest && !(std::fabs(x_[i]) < 0x1p-126F && (bf16_[i] & 0x7fff) == 0)) error = 1;
      }
      return error;
    }
    const auto x = std::span(x_).subspan(first, last - first);
    std::vector<int8_t> quantized(last - first);
    for (uint64_t i = first; i < last; ++i)
      quantized[i - first] =
          quantized_[quantized_at(work_.n, work_.k, i / work_.k, static_cast<uint32_t>(i % work_.k))];
    error = int8_rounding_error(x, quantized.data(), scales_[group], largest_activation(x));
    for (uint64_t at = first; at < last; at += 32) {
      int32_t halves[2] = {0, 0};
      for (uint64_t i = at; i < at + 32; ++i) halves[(i - at) / sum_group] += quantized[i - first];
      const bool adds_up = sums_[at / sum_group] == halves[0] && sums_[at / sum_group + 1] == halves[1] &&
                           group_sums_[at / 32] == halves[0] + halves[1] &&
                           min_factors_[at / 32] == -static_cast<float>(halves[0] + halves[1]);
      if (!adds_up) error = 1;
    }
    return error;
  }

  const MatrixFunctions& functions_;
  ThreadPool& pool_;
  uint64_t span_, groups_ = 0;
  Floats x_, scales_, min_factors_;
  Operands<int8_t> quantized_;
  Operands<int16_t> sums_, group_sums_;
  Operands<uint16_t> bf16_;
  MatrixWork work_{};
};

using PrepareResult = tl::expected<std::unique_ptr<Prepared>, std::string>;

PrepareResult prepare(const Problem& problem, Workbench& bench, const MatrixFunctions& functions) {
  if (problem.n == 0 || problem.k == 0 || problem.k % rounding_step(functions.activations) != 0)
    return tl::unexpected(fmt::format("Cannot prepare {}: it needs rows of whole groups of {} values.",
                                      describe(problem), rounding_step(functions.activations)));
  try {
    return std::make_unique<Rounding>(problem, functions, bench);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(fmt::format("Cannot prepare {}: the system refused memory for {} activations.",
                                      describe(problem), uint64_t{problem.n} * problem.k));
  }
}

/// The format whose name a way of rounding bears (rounded_for()).
FormatId name_of(Activations activations) {
  switch (activations) {
    case Activations::int8:
      return FormatId::q8_0;
    case Activations::int8_block:
      return FormatId::q4_K;
    case Activations::int8_row:
      return FormatId::int8_channel;
    case Activations::bf16:
      return FormatId::bf16;
    case Activations::floats:
    case Activations::float16:  // used by GPUs alone
    case Activations::float16_row:
      break;
  }
  return FormatId::none;
}

}  // namespace

std::vector<Kernel> rounding_kernels() {
  std::vector<Kernel> kernels;
  for (const InstructionSet& set : instruction_sets()) {
    for (const MatrixFunctions& functions : set.matrix()) {
      // Of the formats whose activations are rounded alike, one names the kernel.
      if (functions.round == nullptr || functions.format != name_of(functions.activations) ||
          layout_of(functions) != Layout::packed)
        continue;
      kernels.push_back(
          {fmt::format("cpu.quantize.{}.{}", format_of(functions.format).name, isa_name(set.isa)),
           Op::quantize, functions.format, set.isa, [&functions](const Problem& problem, Workbench& bench) {
             return prepare(problem, bench, functions);
           }});
    }
  }
  return kernels;
}

}  // namespace weighin
