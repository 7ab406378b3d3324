// What all kernels of a GPU do to be run, timed and checked.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernels/kernel/kernel.h"
#include "kernels/vulkan/device/gpu_work.h"

namespace weighin {

/// A kernel's work on a GPU. A submission holds as many calls as take about two milliseconds, and as many
/// untimed ones before them. Each call waits for the one before, as the operations of a model do. A GPU whose
/// clock may have fallen, because it waited for the CPU, is warmed up first.
class TimedWork : public Prepared {
 public:
  explicit TimedWork(Gpu& gpu) : gpu_(gpu) {}

  /// Submits once. Where the GPU failed, own_seconds() is NaN from then on, and gpu.failure() says how it
  /// failed.
  void run() noexcept override;
  double own_seconds() const override { return seconds_; }

 protected:
  /// The steps of call number `call`. It reads other weights than the call before, where there are any.
  virtual std::vector<GpuStep> steps_of_call(uint64_t call) const = 0;

  /// Sets which share of a call's work the problem is, where work only comes in pieces of a given size.
  void set_share(double share) { share_ = share; }

  /// Runs call number `call` alone, and waits. False where the GPU failed.
  bool run_call(uint64_t call);

  Gpu& gpu_;

 private:
  tl::expected<GpuWork, std::string> record(uint64_t calls) const;
  bool make_work();
  /// Returns how long a submission takes, of which the timed calls are half; negative where the GPU failed.
  double submit();

  std::optional<GpuWork> work_;
  uint64_t calls_ = 1;
  double seconds_ = -1, share_ = 1;
};

/// Calls `run`, which returns the seconds that it worked. Ends when it has worked for `least_s` and the last
/// call was no faster than the one before, or when it has worked for `most_s`. False where a call returned a
/// negative number.
bool warm_up(const std::function<double()>& run, double least_s, double most_s);

/// `count` values in memory that shaders read. T is float, uint32_t or uint16_t. Error: why the memory could
/// not be had.
template <class T>
tl::expected<GpuBuffer, std::string> buffer_of(Gpu& gpu, std::span<const T> values) {
  auto buffer = make_buffer(gpu, values.size_bytes(), GpuMemory::device);
  if (!buffer) return buffer;
  if (auto written = write_buffer(gpu, *buffer, 0, std::as_bytes(values)); !written)
    return tl::unexpected(written.error());
  return buffer;
}

/// Moves a buffer that was made into its place. Error: why it was not made.
tl::expected<void, std::string> keep(GpuBuffer& place, tl::expected<GpuBuffer, std::string> made);

/// The first `count` floats of `buffer`; empty where the GPU failed.
std::vector<float> floats_in(Gpu& gpu, const GpuBuffer& buffer, uint64_t count);

/// Workgroups for `count` pieces of work, in rows of at most 65535 (what every GPU allows).
std::array<uint32_t, 3> groups_for(uint64_t count);

}  // namespace weighin
