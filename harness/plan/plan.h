// The plan: which problems are measured, at how many threads, for which size classes, in which order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// Tokens in the KV cache when decode attention is measured: the middle of a chat of 2048 tokens.
inline constexpr uint32_t plan_depth = 1024;
/// Prompt tokens computed together: llama.cpp's default micro-batch.
inline constexpr uint32_t plan_prompt = 512;

/// Operations of one call of an arithmetic bound: about a millisecond on one core of 2020.
inline constexpr uint64_t peak_operations = 200'000'000;

struct PlanItem {
  Problem problem;  // as it is timed: m is the slab's rows
  uint32_t threads = 1;
  std::vector<std::string> size_classes;  // whose reference models hold it; none for the machine's own bounds
};

/// What the plan is for. Software GPUs (llvmpipe) are measured for tests alone, in pieces a CPU can do.
enum class MeasuredOn : uint8_t { cpu, gpu, software_gpu };

enum class Extent : uint8_t {
  normal,
  full,  // also batches other than 1 and 512, other depths, whole matrices of every class and format, and
         // attention over q8_0 caches and of every sharing of KV heads
};

/// Every item once. Bounds first at each thread count; then each class in every format, the classes nearest
/// 2B first, so that whatever part of it is reached covers all formats; all of that with all threads, then
/// with one; last a few whole matrices, to check that slabs scale, and what `extent` adds. `threads` = 1
/// leaves out the second half. A GPU's plan has its bounds and costs in place of the CPU's, one pass and no
/// whole matrices beside. At each of `other_threads` one product of decode and one of prefill are measured,
/// after the bounds: the counts' speeds compare with that of all threads by them.
struct PlanScope {
  MeasuredOn on = MeasuredOn::cpu;
  uint32_t threads = 1;  // a GPU: 1
  std::vector<uint32_t> other_threads{};
  uint64_t working_set_bytes = 256ull << 20;
  Extent extent = Extent::normal;
};
std::vector<PlanItem> make_plan(const PlanScope& scope);

/// "gemv q4_0 m=2048 k=2048 threads=2 cpu.gemv.q4_0.avx2 1B 7B": what --only is matched with and --list
/// prints; `kernels` are those that can run it, best first.
std::string describe(const PlanItem& item, const std::vector<const Kernel*>& kernels);

}  // namespace weighin
