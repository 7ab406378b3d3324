#include "kernels/vulkan/timed_work.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weighin {
namespace {

/// Long beside the clock's ticks (microseconds at worst) and a submission's own time; short beside the run's
/// budget.
constexpr double timed_s = 2e-3;
constexpr uint64_t most_calls = 256;

constexpr uint64_t most_groups = 65535;

}  // namespace

tl::expected<GpuWork, std::string> TimedWork::record(uint64_t calls) const {
  std::vector<GpuStep> warming, timed;
  for (uint64_t call = 0; call < 2 * calls; ++call)
    for (GpuStep& step : steps_of_call(call)) (call < calls ? warming : timed).push_back(std::move(step));
  return gpu_.record(warming, timed);
}

bool TimedWork::run_call(uint64_t call) {
  auto work = gpu_.record({}, steps_of_call(call));
  return work && gpu_.run(*work) >= 0;
}

void TimedWork::run() noexcept {
  seconds_ = std::numeric_limits<double>::quiet_NaN();
  try {
    if (!work_) {
      auto one = record(1);
      if (!one) return;
      const double first = gpu_.run(*one);
      if (first < 0) return;
      // Once more: what the first one found cold says too much.
      const double seconds = std::max(gpu_.run(*one), 1e-7);
      calls_ = std::clamp<uint64_t>(static_cast<uint64_t>(std::ceil(timed_s / seconds)), 1, most_calls);
      auto all = record(calls_);
      if (!all) return;
      work_ = std::move(*all);
    }
    const double seconds = gpu_.run(*work_);
    if (seconds >= 0) seconds_ = share_ * seconds / static_cast<double>(calls_);
  } catch (const std::bad_alloc&) {
    return;  // NaN says so
  }
}

tl::expected<void, std::string> keep(GpuBuffer& place, tl::expected<GpuBuffer, std::string> made) {
  if (!made) return tl::unexpected(made.error());
  place = std::move(*made);
  return {};
}

std::vector<float> floats_in(Gpu& gpu, const GpuBuffer& buffer, uint64_t count) {
  std::vector<float> values(count);
  if (!gpu.read(buffer, 0, std::as_writable_bytes(std::span(values)))) values.clear();
  return values;
}

std::array<uint32_t, 3> groups_for(uint64_t count) {
  const uint64_t across = std::clamp<uint64_t>(count, 1, most_groups);
  return {static_cast<uint32_t>(across), static_cast<uint32_t>((count + across - 1) / across), 1};
}

}  // namespace weighin
