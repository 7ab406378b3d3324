// Which problems of an engine's kernels are measured, and how much of each.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/plan/plan.h"

namespace weighin {

/// The problems of llama.cpp's kernels on a CPU with `threads` threads, then with one. Of each format and row
/// length that the size classes' reference models have there is one product for decode and one for prefill,
/// with so few rows that a call takes milliseconds: an engine's time is a fixed part, which rounds the
/// activations and lets the threads meet, and a part that grows with the rows. Each format has a second
/// product of fewer rows at one length, which tells the two parts apart. Attention is measured at two depths,
/// small operations at sizes from the smallest to the largest, and the cost of a graph's start and of its
/// smallest node beside them. One product of two formats also walks over so few weights (`context`,
/// in MiB) that a cache may hold them. The classes nearest 2B come first.
std::vector<PlanItem> engine_plan(uint32_t threads);

/// How often an item is computed: in `graphs` graphs of `operations` operations each, of which `timed` at a
/// time are timed, and then the next ones. The graphs of a product read `weights_bytes` of weights together
/// before the first one reads its weights again, or, in a walk over few weights, all of those.
struct GraphCounts {
  uint32_t graphs = 1, operations = 1, timed = 1;
};
GraphCounts graph_counts(const Problem& problem, uint64_t weights_bytes);

}  // namespace weighin
