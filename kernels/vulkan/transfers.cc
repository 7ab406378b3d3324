#include "kernels/vulkan/transfers.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/gpu_kernel.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

class Copy : public TimedWork {
 public:
  Copy(Gpu& gpu, uint64_t bytes, GpuBuffer from, GpuBuffer to)
      : TimedWork(gpu), bytes_(bytes), from_(std::move(from)), to_(std::move(to)) {}

  /// Writes random bytes into the source, copies, and compares the target with them.
  Check check(uint32_t) override {
    Random random(bytes_);
    std::vector<std::byte> sent(bytes_), found(bytes_);
    for (std::byte& b : sent) b = static_cast<std::byte>(random());
    if (!put(sent) || !run_call(0) || !take(found)) return failed_check(0);
    return exact_check(sent == found);
  }

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t) const override {
    GpuStep step;
    step.buffers = {&from_, &to_};
    step.copied_bytes = bytes_;
    return {step};
  }

 private:
  bool put(std::span<const std::byte> bytes) {
    if (from_.mapped().empty()) return write_buffer(gpu_, from_, 0, bytes).has_value();
    std::copy(bytes.begin(), bytes.end(), from_.mapped().begin());
    return true;
  }
  bool take(std::span<std::byte> bytes) {
    if (to_.mapped().empty()) return read_buffer(gpu_, to_, 0, bytes).has_value();
    std::copy_n(to_.mapped().begin(), bytes.size(), bytes.begin());
    return true;
  }

  uint64_t bytes_;
  GpuBuffer from_, to_;
};

PreparedOrError prepare_copy(GpuMemory from, GpuMemory to, const Problem& problem, Workbench& bench) {
  Gpu& gpu = bench.gpu->gpu;
  auto source = make_buffer(gpu, problem.m, from);
  if (!source) return tl::unexpected(source.error());
  auto target = make_buffer(gpu, problem.m, to);
  if (!target) return tl::unexpected(target.error());
  return std::make_unique<Copy>(gpu, problem.m, std::move(*source), std::move(*target));
}

class Dispatch : public TimedWork {
 public:
  Dispatch(Gpu& gpu, const GpuPipeline* pipeline) : TimedWork(gpu), pipeline_(pipeline) {}

  Check check(uint32_t) override { return run_call(0) ? exact_check(true) : failed_check(0); }

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t) const override {
    GpuStep step;
    step.pipeline = pipeline_;
    return {step};
  }

 private:
  const GpuPipeline* pipeline_;
};

PreparedOrError prepare_dispatch(const Problem&, Workbench& bench) {
  const auto pipeline = pipeline_of(bench.gpu->gpu, {"empty", {}, 0, 0});
  if (!pipeline) return tl::unexpected(pipeline.error());
  return std::make_unique<Dispatch>(bench.gpu->gpu, *pipeline);
}

/// The time is the CPU's, because it is the CPU that waits.
class Submit : public Prepared {
 public:
  Submit(Gpu& gpu, GpuWork work) : gpu_(gpu), work_(std::move(work)) {}

  void run() noexcept override {
    const auto begin = Clock::now();
    for (int i = 0; i < submissions; ++i) run_work(gpu_, work_);
    seconds_ = gpu_.failure().empty() ? seconds_since(begin) / submissions
                                      : std::numeric_limits<double>::quiet_NaN();
  }
  double own_seconds() const override { return seconds_; }
  Check check(uint32_t) override { return run_work(gpu_, work_) >= 0 ? exact_check(true) : failed_check(0); }

 private:
  static constexpr int submissions = 16;
  Gpu& gpu_;
  GpuWork work_;
  double seconds_ = -1;
};

PreparedOrError prepare_submit(const Problem&, Workbench& bench) {
  Gpu& gpu = bench.gpu->gpu;
  const auto pipeline = pipeline_of(gpu, {"empty", {}, 0, 0});
  if (!pipeline) return tl::unexpected(pipeline.error());
  GpuStep step;
  step.pipeline = *pipeline;
  auto work = record_work(gpu, {}, {&step, 1});
  if (!work) return tl::unexpected(work.error());
  return std::make_unique<Submit>(gpu, std::move(*work));
}

/// The largest buffer that engines put a model's weights into (llama.cpp's Vulkan backend: 1 GiB).
constexpr uint64_t piece_bytes = uint64_t{1} << 30;

/// Allocates `bytes` of the GPU's memory in pieces, and writes each of its bytes. Error: what could not be
/// had.
tl::expected<std::vector<GpuBuffer>, std::string> take_and_touch(Gpu& gpu, uint64_t bytes, uint32_t word) {
  std::vector<GpuBuffer> pieces;
  const uint64_t most = std::min(piece_bytes, gpu.facts().max_allocation_bytes);
  for (uint64_t had = 0; had < bytes; had += pieces.back().bytes()) {
    auto piece = make_buffer(gpu, std::min(most, bytes - had), GpuMemory::device);
    if (!piece) return tl::unexpected(fmt::format("after {} MiB {}", had >> 20, piece.error()));
    pieces.push_back(std::move(*piece));
    if (auto filled = run_step(gpu, {.buffers = {&pieces.back()}, .filled_with = word}); !filled)
      return tl::unexpected(filled.error());
  }
  return pieces;
}

class Allocate : public Prepared {
 public:
  Allocate(Gpu& gpu, uint64_t bytes) : gpu_(gpu), bytes_(bytes) {}

  void run() noexcept override {
    const auto begin = Clock::now();
    const bool had = take_and_touch(gpu_, bytes_, 0).has_value();
    seconds_ = had ? seconds_since(begin) : std::numeric_limits<double>::quiet_NaN();
  }
  double own_seconds() const override { return seconds_; }

  /// The last word of each piece must be what the piece was filled with.
  Check check(uint32_t) override {
    constexpr uint32_t word = 0x5eed5eed;
    const auto pieces = take_and_touch(gpu_, bytes_, word);
    if (!pieces) return failed_check(0);
    for (const GpuBuffer& piece : *pieces) {
      uint32_t found = 0;
      if (!read_buffer(gpu_, piece, piece.bytes() - sizeof found,
                       std::as_writable_bytes(std::span(&found, 1))))
        return failed_check(0);
      if (found != word) return exact_check(false);
    }
    return exact_check(true);
  }

 private:
  Gpu& gpu_;
  uint64_t bytes_;
  double seconds_ = -1;
};

PreparedOrError prepare_allocate(const Problem& problem, Workbench& bench) {
  if (const auto had = take_and_touch(bench.gpu->gpu, problem.m, 0); !had) return tl::unexpected(had.error());
  return std::make_unique<Allocate>(bench.gpu->gpu, problem.m);
}

}  // namespace

std::vector<Kernel> vulkan_transfer_kernels() {
  const auto copy = [](const char* name, Op op, GpuMemory from, GpuMemory to) {
    return gpu_kernel(
        fmt::format("vulkan.copy.{}", name), op, FormatId::none,
        [=](const Problem& problem, Workbench& bench) { return prepare_copy(from, to, problem, bench); },
        lacks_nothing);
  };
  std::vector<Kernel> rows;
  rows.push_back(copy("to_device", Op::copy_to_device, GpuMemory::upload, GpuMemory::device));
  rows.push_back(copy("from_device", Op::copy_from_device, GpuMemory::device, GpuMemory::readback));
  rows.push_back(copy("on_device", Op::copy_on_device, GpuMemory::device, GpuMemory::device));
  rows.push_back(
      gpu_kernel("vulkan.dispatch", Op::dispatch, FormatId::none, prepare_dispatch, lacks_nothing));
  rows.push_back(gpu_kernel("vulkan.submit", Op::submit, FormatId::none, prepare_submit, lacks_nothing));
  rows.push_back(
      gpu_kernel("vulkan.allocate", Op::allocate, FormatId::none, prepare_allocate, lacks_nothing));
  return rows;
}

}  // namespace weighin
