// One case of the comparison: our kernels, llama.cpp's, and the bound of both, timed in turn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/ggml/library.h"
#include "kernels/kernel/kernel.h"

namespace weighin {

struct ComparisonOptions {
  uint32_t alternations = 15;
  uint32_t size = 4096;                              // m and k of the matrices
  uint64_t working_set_bytes = uint64_t{288} << 20;  // so that whole matrices are 256 MiB or more
  KernelChoice kernels{};                            // ours for a problem, best first
  KernelChoice plain_kernels{};                      // those of plain weights, best first
};

/// A problem at a thread count.
struct ComparisonCase {
  Problem problem;
  uint32_t threads = 1;
};

/// "decode q4_0", "prefill q4_0", "attention f16 32/8": the kind, the format, heads / KV heads.
std::string case_name(const Problem& problem);

/// Decode and prefill of every kernel format that GGUF has; then attention, with a KV head for each head and
/// with one for four heads.
std::vector<Problem> comparison_problems(const ComparisonOptions& options);

/// Seconds of one operation, one sample for each alternation. Empty where there is no such kernel.
using Samples = std::vector<double>;

struct Comparison {
  ComparisonCase of;
  std::string kernel, plain_kernel,
      bound_kernel;          // ours; the plain kernel reads weights in the order of the file
  std::string their_layout;  // the buffer type in which they repacked their weights
  Samples ours, ours_plain, rounding, theirs_plain, theirs_repacked;
  Samples bound;  // the seconds that one operation would take at the bound
  double work =
      0;        // of one operation: the bytes of weights or cache that it reads, or its arithmetic operations
  Check check;  // ours against the double-precision reference
  Check their_check;      // the worse of their layouts, on the same weights
  double other_load = 0;  // share of the cores that other programs and other machines took in the meantime

  bool right() const { return check.right() && their_check.right(); }
  /// The better of their layouts by the median.
  const Samples& theirs() const;
};

/// Makes `of` ready on both sides, checks both against the reference, and times them. Error: which side
/// cannot compute it, and why.
tl::expected<Comparison, std::string> compare(const Ggml& ggml, const ComparisonCase& of,
                                              const ComparisonOptions& options);

/// The median of a / b, pair by pair, or 0 where there are no pairs. The samples of one alternation were
/// taken within a moment, so that changes of a shared machine's speed cancel.
double paired(const Samples& a, const Samples& b);

/// a + b, pair by pair, or a where b is empty.
Samples sum_of(const Samples& a, const Samples& b);

}  // namespace weighin
