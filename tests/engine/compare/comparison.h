// One case of the comparison: our kernels, llama.cpp's and the bound that binds both, timed in turn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/kernel/kernel.h"
#include "tests/engine/compare/ggml_library.h"

namespace weighin {

struct ComparisonOptions {
  uint32_t alternations = 15;
  uint32_t size = 4096;                              // m and k of the matrices
  uint64_t working_set_bytes = uint64_t{288} << 20;  // so that whole matrices are 256 MiB or more
};

/// A problem at a thread count.
struct ComparisonCase {
  Problem problem;
  uint32_t threads = 1;
};

/// "decode q4_0", "prefill q4_0", "attention f16 32/8": the kind, the format, heads / KV heads.
std::string case_name(const Problem& problem);

/// Every kernel format that GGUF has, decode and prefill; then attention, all heads with an own KV head and
/// four a KV head.
std::vector<Problem> comparison_problems(const ComparisonOptions& options);

/// Seconds of one operation, a sample an alternation; empty: there is no such kernel.
using Samples = std::vector<double>;

struct Comparison {
  ComparisonCase of;
  std::string kernel, plain_kernel, bound_kernel;  // ours; plain: the weights as the file has them
  std::string their_layout;                        // the buffer type that laid their weights out anew
  Samples ours, ours_plain, rounding, theirs_plain, theirs_repacked;
  Samples bound;          // as long as one operation would take at the bound
  double work = 0;        // bytes of weights or cache read, or operations, of one operation
  Check check;            // ours against the double-precision reference
  Check their_check;      // the worse of their layouts, on the same weights
  double other_load = 0;  // share of the cores that other programs and other machines had meanwhile

  bool right() const { return check.right() && their_check.right(); }
  /// The better of their layouts by the median.
  const Samples& theirs() const;
};

/// Makes `of` ready on both sides, checks both against the reference and times them. Error: which side
/// cannot, and why.
tl::expected<Comparison, std::string> compare(const Ggml& ggml, const ComparisonCase& of,
                                              const ComparisonOptions& options);

/// The median of a / b, pair by pair; 0 where there are none. Samples of one alternation were taken within a
/// moment, so that a shared machine's mood cancels.
double paired(const Samples& a, const Samples& b);

/// a + b, pair by pair; a where b is empty.
Samples sum_of(const Samples& a, const Samples& b);

}  // namespace weighin
