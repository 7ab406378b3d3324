// What a kernel is: a named way to compute a problem. kernels/table/ lists them all.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/formats/data.h"
#include "kernels/formats/packing.h"
#include "kernels/isa/isa.h"
#include "kernels/kernel/ahead.h"
#include "kernels/operands/weight_pool.h"
#include "kernels/problem/problem.h"
#include "kernels/reference/check.h"
#include "kernels/threads/thread_pool.h"

namespace weighin {

struct GpuBench;
struct GpuFacts;
struct MatrixFunctions;

/// What kernels run with. The caller owns it, and keeps it alive as long as anything that was prepared with
/// it.
struct Workbench {
  ThreadPool& pool;  // its number of threads is that of the measurement
  WeightPool& weights;
  std::string storage_folder{};  // for storage_read; empty: storage is not measured
  uint64_t seed = 1;
  Data data = Data::ordinary;  // of activations and other operands; the pool of weights has its own
  GpuBench* gpu = nullptr;     // for kernels of Backend::vulkan (kernels/vulkan/gpu_bench.h)
};

enum class Backend : uint8_t { cpu, vulkan };
std::string_view backend_name(Backend backend);

/// A problem made ready: its operands are allocated and filled, so that run() does the operation and nothing
/// else.
class Prepared {
 public:
  virtual ~Prepared() = default;
  /// Does the operation once. Each call reads other weights of the working set than the call before, where
  /// there are any.
  virtual void run() noexcept = 0;
  /// Runs once and compares `samples` of the outputs with the reference. check_outputs() says which.
  virtual Check check(uint32_t samples) = 0;
  /// Seconds of the last run() by the kernel's own clock; negative where it has none and is timed from
  /// outside.
  virtual double own_seconds() const { return -1; }
};

/// A problem made ready, or what could not be had and of what size.
using PreparedOrError = tl::expected<std::unique_ptr<Prepared>, std::string>;

struct Kernel {
  std::string name;  // "cpu.gemv.q4_0.avx512vnni": the same in code, table, database and report
  Op op;
  FormatId format;  // `none`: the operation has no format
  Isa isa;
  /// Makes `problem` (of this op and format) ready.
  std::function<PreparedOrError(const Problem& problem, Workbench& bench)> prepare;
  Backend backend = Backend::cpu;
  /// For a GPU's kernel: what a GPU with these facts lacks to run it ("no integer dot product"); empty:
  /// nothing.
  std::function<std::string(const GpuFacts& facts)> lacks{};
  /// For a GPU's kernel: the sets of specialization constants that a search tries. Without a search the first
  /// is used.
  std::vector<std::vector<uint32_t>> parameters{};
  /// The arithmetic bound of what it computes with, where that is not peak_of(problem).
  std::optional<Op> peak{};
  /// For a matrix product of the CPU: the functions that compute it, the layout of its weights, and how it
  /// asks for them.
  const MatrixFunctions* matrix = nullptr;
  Packing packing{};
  Ahead ahead{};
};

/// Gives the kernels for a problem, best first.
using KernelChoice = std::function<std::vector<const Kernel*>(const Problem&)>;

}  // namespace weighin
