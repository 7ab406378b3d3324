// The plan: which problems are measured, at how many threads, for which size classes, and in which order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/plan/slabs.h"
#include "kernels/kernel/kernel.h"
#include "models/format/file_format.h"
#include "models/shape/size_class.h"

namespace weighin {

/// Tokens in the KV cache when the attention of decode is measured: the middle of a chat of 2048 tokens.
inline constexpr uint32_t plan_depth = 1024;
/// Prompt tokens that are computed together: llama.cpp's default micro-batch.
inline constexpr uint32_t plan_prompt = 512;

/// Operations of one call of an arithmetic bound: 0.5 to 2 ms on one core of 2020.
inline constexpr uint64_t peak_operations = 200'000'000;

struct PlanItem {
  Problem problem;  // as it is timed: m is the number of the slab's rows
  uint32_t threads = 1;
  /// The classes whose reference models contain it; empty for the machine's bounds and what models of no
  /// class in particular have.
  std::vector<std::string> size_classes;
};

/// What the plan is for. Software GPUs (llvmpipe) are measured for tests alone, in pieces that suit a CPU.
enum class MeasuredOn : uint8_t { cpu, gpu, software_gpu };

enum class Extent : uint8_t {
  normal,
  full,  // adds batches other than 1 and 512, other depths, whole matrices of every class and format, and
         // attention over caches of q8_0 and with every sharing of KV heads
};

/// The size classes by their distance from 2B, so that those that people ask about most come first.
std::vector<const SizeClass*> classes_in_order();

/// The plan has every item once, and what matters most comes first, so that a run that is cut short can
/// answer for as many models as possible; the rest is then priced from what was measured:
///   1. the bounds at each thread count, storage, and one product of decode and of prefill at
///   `other_threads`;
///   2. with all threads: the whole step of the class nearest 2B in the first of ranked_formats(), then its
///   main
///      products in all other formats, then the main products of every class in the ranked formats; a main
///      product is the one of decode, and the one of prefill, in which a step computes most;
///   3. the main products of every class in the ranked formats with one thread;
///   4. everything else of every class, ranked formats first, with all threads, and products of experts
///   (experts.h); then of every class with one;
///   5. a few whole matrices, to check that slabs scale, repacking, and what `extent` adds.
/// Within each of these, items that read the same weights follow each other, so that each format's weights
/// are written into memory once. `threads` = 1 leaves out what is for one thread besides. A GPU's plan has
/// the GPU's bounds and costs in place of the CPU's, then each class in every format, those nearest 2B first,
/// in one pass, and no whole matrices.
struct PlanScope {
  MeasuredOn on = MeasuredOn::cpu;
  uint32_t threads = 1;  // 1 for a GPU
  std::vector<uint32_t> other_threads{};
  uint64_t working_set_bytes = 256ull << 20;
  Extent extent = Extent::normal;
  ArithmeticRates rates{};  // of one thread of the CPU
};
std::vector<PlanItem> make_plan(const PlanScope& scope);

/// The file formats that a plan takes first, in this order: the six that are downloaded most.
std::span<const FileFormatId> ranked_formats();

/// "gemv q4_0 m=2048 k=2048 threads=2 cpu.gemv.q4_0.avx2 1B 7B": --only is matched with this, and --list
/// prints it. `kernels` are those that can compute the item, best first.
std::string describe_item(const PlanItem& item, const std::vector<const Kernel*>& kernels);

}  // namespace weighin
