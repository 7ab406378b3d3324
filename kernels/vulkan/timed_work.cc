#include "kernels/vulkan/timed_work.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weighin {
namespace {

/// How long the timed calls of a submission take together. It is long beside the ticks of the GPU's clock
/// (microseconds at worst) and the time that a submission takes by itself, and short beside the run's budget.
constexpr double timed_s = 2e-3;
constexpr uint64_t most_calls = 256;

constexpr uint64_t most_groups = 65535;

/// A GPU that has waited for longer than this is warmed up. It is a tenth of the time that the quickest
/// governor below looks at, less than it takes to prepare operands and to check a result, and more than
/// passes between two samples.
constexpr double waited_s = 5e-3;
/// The clock of an integrated GPU follows the load of the last 50 ms (Linux: `polling_ms` in
/// panthor_devfreq.c and lima_devfreq.c), so that it is warmed up for a little longer. The firmware of a card
/// needs less: judgement.
constexpr double chip_warming_s = 60e-3, card_warming_s = 10e-3;
/// A clock that still rises after that is waited for, but no longer than this: judgement.
constexpr double most_warming_s = 0.4;
/// A run that is shorter by this much counts as faster, and not as a sample of a warm GPU like others:
/// judgement.
constexpr double faster = 0.02;

}  // namespace

bool warm_up(const std::function<double()>& run, double least_s, double most_s) {
  double worked = 0, before = std::numeric_limits<double>::infinity();
  while (worked < most_s) {
    const double seconds = run();
    if (seconds < 0) return false;
    worked += seconds;
    if (worked >= least_s && seconds > (1 - faster) * before) break;
    before = seconds;
  }
  return true;
}

tl::expected<GpuWork, std::string> TimedWork::record(uint64_t calls) const {
  std::vector<GpuStep> warming, timed;
  for (uint64_t call = 0; call < 2 * calls; ++call)
    for (GpuStep& step : steps_of_call(call)) (call < calls ? warming : timed).push_back(std::move(step));
  return record_work(gpu_, warming, timed);
}

bool TimedWork::run_call(uint64_t call) {
  auto work = record_work(gpu_, {}, steps_of_call(call));
  return work && run_work(gpu_, *work) >= 0;
}

bool TimedWork::make_work() {
  auto one = record(1);
  if (!one || run_work(gpu_, *one) < 0) return false;
  // It is run once more, since the first run, which was on a cold GPU, takes too long.
  const double seconds = std::max(run_work(gpu_, *one), 1e-7);
  calls_ = std::clamp<uint64_t>(static_cast<uint64_t>(std::ceil(timed_s / seconds)), 1, most_calls);
  auto all = record(calls_);
  if (!all) return false;
  work_ = std::move(*all);
  return true;
}

double TimedWork::submit() {
  const double timed = run_work(gpu_, *work_);
  seconds_ =
      timed < 0 ? std::numeric_limits<double>::quiet_NaN() : share_ * timed / static_cast<double>(calls_);
  return 2 * timed;
}

void TimedWork::run() noexcept {
  seconds_ = std::numeric_limits<double>::quiet_NaN();
  try {
    const bool cold = gpu_.since_timed_s() > waited_s && !gpu_.facts().software;
    const bool fresh = !work_;
    if (fresh && !make_work()) return;
    if (cold) {
      const double least_s = gpu_.facts().unified ? chip_warming_s : card_warming_s;
      if (!warm_up([this] { return submit(); }, least_s, most_warming_s)) return;
      if (fresh && !make_work()) return;  // of more calls, since the clock has risen
    }
    submit();
    gpu_.was_timed();
  } catch (const std::bad_alloc&) {
    seconds_ = std::numeric_limits<double>::quiet_NaN();
  }
}

tl::expected<void, std::string> keep(GpuBuffer& place, tl::expected<GpuBuffer, std::string> made) {
  if (!made) return tl::unexpected(made.error());
  place = std::move(*made);
  return {};
}

std::vector<float> floats_in(Gpu& gpu, const GpuBuffer& buffer, uint64_t count) {
  std::vector<float> values(count);
  if (!read_buffer(gpu, buffer, 0, std::as_writable_bytes(std::span(values)))) values.clear();
  return values;
}

std::array<uint32_t, 3> groups_for(uint64_t count) {
  const uint64_t across = std::clamp<uint64_t>(count, 1, most_groups);
  return {static_cast<uint32_t>(across), static_cast<uint32_t>((count + across - 1) / across), 1};
}

}  // namespace weighin
