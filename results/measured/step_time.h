// The seconds of one step, added up from measured problems.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/problem/steps.h"
#include "results/measured/cost_model.h"
#include "results/records/term.h"
#include "results/text/interval.h"

namespace weighin {

/// The error of adding up seconds that were measured one by one, as a fraction of the sum. Operations
/// that follow each other find other data in the caches than an operation that is timed alone, and a
/// shared machine differs from minute to minute: one read loop reached 0.75 to 0.95 of its own best on
/// the machine this was developed on, which is +-12% around the middle. The figure is kept wide until
/// predictions are checked against real engines.
inline constexpr double composition_error = 0.15;

/// The error that a stand-in adds, as a fraction of its own seconds. A stand-in is a measurement of
/// another k, batch or head count, scaled. The figure is a judgement and not a measurement: it is larger
/// than composition_error so that a scaled term is never shown as surer than an exact one. It should be
/// learned from real machines (docs/method/measured.md).
inline constexpr double stand_in_error = 0.20;

/// Whose seconds are predicted, and with how many threads.
struct EngineRun {
  std::string_view engine = reference_engine;
  uint32_t threads = 0;  // 0: the measured count that is fastest
};

/// The predicted seconds of one step, and the measurements that they come from.
struct StepTime {
  double seconds = 0;
  double slower = 0;  // the 80% interval: from seconds / (1 + faster) to seconds * (1 + slower)
  double faster = 0;
  uint32_t threads = 0;
  std::string where = {};             // "on gpu X and at 2 threads"; empty: at so many threads
  uint32_t from_threads = 0;          // another count, from whose measurements terms were scaled; 0: none was
  uint32_t stand_ins = 0;             // terms priced by a measurement of another k, batch or head count
  uint32_t other_formats = 0;         // terms priced by a measurement of another format
  std::vector<std::string> unpriced;  // small operations never measured, counted as nothing
  std::vector<Term> terms;
  std::vector<StepPartTime> parts;  // by the reference kernels
  EfficiencyBasis efficiency = EfficiencyBasis::none;
  std::string efficiency_source;
};

/// Adds up `step` at the measured thread count at which it is fastest. Only measurements with status
/// `measured` are used. Error: which operation was never measured, and the reason where a measurement
/// says one.
tl::expected<StepTime, std::string> time_of(const std::vector<ProblemUse>& step, Phase phase,
                                            const CostModel& costs, const EngineRun& run = {});

/// The seconds of a step as an interval. Its ends are ratios of the middle, so that the interval stays
/// positive.
Interval seconds_of(const StepTime& time);

/// The rate of `count` things that take that time together, per second.
Interval rate_of(double count, const StepTime& time);

}  // namespace weighin
