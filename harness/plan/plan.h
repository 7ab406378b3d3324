// The plan: which problems are measured, at how many threads, for which size classes, and in which order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// Tokens in the KV cache when the attention of decode is measured: the middle of a chat of 2048 tokens.
inline constexpr uint32_t plan_depth = 1024;
/// Prompt tokens that are computed together: llama.cpp's default micro-batch.
inline constexpr uint32_t plan_prompt = 512;

/// Operations of one call of an arithmetic bound: about a millisecond on one core of 2020.
inline constexpr uint64_t peak_operations = 200'000'000;

struct PlanItem {
  Problem problem;  // as it is timed: m is the number of the slab's rows
  uint32_t threads = 1;
  /// The classes whose reference models contain it; empty for the machine's bounds.
  std::vector<std::string> size_classes;
};

/// What the plan is for. Software GPUs (llvmpipe) are measured for tests alone, in pieces that suit a CPU.
enum class MeasuredOn : uint8_t { cpu, gpu, software_gpu };

enum class Extent : uint8_t {
  normal,
  full,  // adds batches other than 1 and 512, other depths, whole matrices of every class and format, and
         // attention over caches of q8_0 and with every sharing of KV heads
};

/// The plan has every item once. Bounds come first at each thread count. Then comes each class in every
/// format, the classes nearest 2B first, so that whatever part of the plan is reached covers all formats. All
/// of that is measured with all threads, then with one thread; `threads` = 1 leaves out the second pass. Last
/// come a few whole matrices, to check that slabs scale, and what `extent` adds. At each of `other_threads`
/// one product of decode and one of prefill are measured, after the bounds, so that the speed at these counts
/// can be compared with that of all threads. A GPU's plan has the GPU's bounds and costs in place of the
/// CPU's, one pass, and no whole matrices.
struct PlanScope {
  MeasuredOn on = MeasuredOn::cpu;
  uint32_t threads = 1;  // 1 for a GPU
  std::vector<uint32_t> other_threads{};
  uint64_t working_set_bytes = 256ull << 20;
  Extent extent = Extent::normal;
};
std::vector<PlanItem> make_plan(const PlanScope& scope);

/// "gemv q4_0 m=2048 k=2048 threads=2 cpu.gemv.q4_0.avx2 1B 7B": --only is matched with this, and --list
/// prints it. `kernels` are those that can compute the item, best first.
std::string describe_item(const PlanItem& item, const std::vector<const Kernel*>& kernels);

}  // namespace weighin
