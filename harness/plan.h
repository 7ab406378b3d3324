// The plan: which problems are measured, at how many threads, for which size classes, in which order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/problem.h"

namespace weighin {

/// Tokens in the KV cache when decode attention is measured: the middle of a chat of 2048 tokens.
inline constexpr uint32_t plan_depth = 1024;
/// Prompt tokens computed together: llama.cpp's default micro-batch.
inline constexpr uint32_t plan_prompt = 512;

struct PlanItem {
  Problem problem;  // as it is timed: m is the slab's rows
  uint32_t threads = 1;
  std::vector<std::string> size_classes;  // whose reference models hold it; none for the machine's own bounds
};

/// True for stream_read and the peaks, which bound the others.
bool is_bound(Op op);

/// `problem` with its rows cut to a slab: exact k and n, and m such that one call takes long beside a fork
/// and join but short beside the budget (constants in plan.cc). Small problems stay whole.
Problem slab_of(const Problem& problem);

/// Every item once. Bounds first at each thread count; then, breadth first, each class and format with all
/// threads, each with one; last a few whole matrices, to check that slabs scale. `threads` = 1 leaves out the
/// second half.
std::vector<PlanItem> make_plan(uint32_t threads);

/// "gemv q4_0 m=2048 k=2048 threads=2 1B 7B": what --only is matched with and --list prints.
std::string describe(const PlanItem& item);

}  // namespace weighin
