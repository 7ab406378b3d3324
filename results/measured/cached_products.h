// How much less a product of one token takes in a small model, of whose weights a cache holds a part from
// token to token.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "kernels/problem/steps.h"
#include "results/records/measurement.h"

namespace weighin {

/// A time of products as a share of the time that they take where no cache holds any part of the weights.
struct CachedShare {
  double share = 1;  // at most 1
  double error = 0;  // how far off it may be, relative to it: large where memory begins
};

/// Products of one token are measured over a working set that no cache holds, and some of them also as walks:
/// again and again over few weights, Problem::context MiB of them.
class CachedProducts {
 public:
  /// Of the measurements of one engine (or of the reference kernels) on one device. Those of other operations
  /// and of other thread counts than `threads` count for nothing.
  CachedProducts(std::span<const Measurement* const> measurements, uint32_t threads);

  /// The share in a model that reads `bytes` for each token: of weights, and of its KV cache. A walk shows
  /// what a cache can keep at best. A step of a model also touches other memory, and other programs and
  /// guests use the cache, so less is kept: the share is the geometric mean of the walk over as many bytes
  /// and of that over twice as many, and the error reaches both. Between two walks a line in the logarithm of
  /// the bytes is taken. Of a format without walks, those of the format count whose values have the most
  /// similar size. 1 where there are no walks at all.
  CachedShare of(FormatId format, double bytes) const;

 private:
  std::map<FormatId, std::map<uint32_t, double>> shares_;  // by MiB
};

/// What a cache would have to hold so that a token of `step` reads nothing from memory, in bytes: the weights
/// of its products, all experts among them, and the KV cache.
double bytes_of_token(const std::vector<ProblemUse>& step);

/// Whether `problem` is such a walk, which prices no product by itself.
inline bool is_walk(const Problem& problem) {
  return problem.op == Op::gemv && problem.context > 0;
}

}  // namespace weighin
