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
#include "kernels/isa.h"
#include "kernels/operands/weight_pool.h"
#include "kernels/problem/problem.h"
#include "kernels/reference/check.h"
#include "kernels/threads/thread_pool.h"

namespace weighin {

struct GpuBench;
struct GpuFacts;

/// What kernels run with; owned by the caller and alive as long as anything prepared from it.
struct Workbench {
  ThreadPool& pool;  // its size is the thread count of the measurement
  WeightPool& weights;
  std::string storage_folder{};  // for storage_read; empty: storage is not measured
  uint64_t seed = 1;
  Data data = Data::ordinary;  // of activations and other operands; the pool has its own
  GpuBench* gpu = nullptr;     // for kernels of Backend::vulkan (kernels/vulkan/gpu_bench.h)
};

enum class Backend : uint8_t { cpu, vulkan };
std::string_view backend_name(Backend backend);

/// A problem made ready: operands allocated and filled, so that run() does the operation and nothing else.
class Prepared {
 public:
  virtual ~Prepared() = default;
  /// Does the operation once. Each call reads other weights of the working set where there are any.
  virtual void run() noexcept = 0;
  /// Runs once and compares `samples` of its outputs (spread over all, always with the last) with the
  /// reference.
  virtual Check check(uint32_t samples) = 0;
  /// Seconds of the last run() by the kernel's own clock, or negative to time it from outside.
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
  /// Of a GPU's kernel: what the GPU lacks to run it ("no integer dot product"); empty: nothing.
  std::function<std::string(const GpuFacts& facts)> lacks{};
  /// Of a GPU's kernel: the sets of specialization constants that a search tries, the first without one.
  std::vector<std::vector<uint32_t>> parameters{};
  /// The arithmetic bound of what it computes with, where that is not peak_of(problem).
  std::optional<Op> peak{};
};

}  // namespace weighin
