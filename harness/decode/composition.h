// The parts of a step, which are measured one by one beside the whole step and added up as predictions add
// them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/timing/measure.h"
#include "results/measured/predict.h"

namespace weighin {

/// Every problem of one step, made ready as `run` measures it: slabs of weights, from a working set that no
/// cache holds.
class Composition {
 public:
  /// Makes each problem of `step` ready once, for the threads of `bench`. Error: a problem that cannot be
  /// measured, and why.
  static tl::expected<Composition, std::string> prepare(const std::vector<ProblemUse>& step, Workbench& bench,
                                                        const MeasureContext& context);

  /// Measures every problem once more.
  void sample();

  /// Adds up the seconds of all problems, each of which is `statistic` of its samples. Error: as time_of().
  tl::expected<StepTime, std::string> sum(double (*statistic)(std::vector<double>)) const;

 private:
  struct Timed {
    std::unique_ptr<TimedItem> item;
    Measurement measurement;
  };
  std::vector<ProblemUse> step_;
  std::vector<Timed> timed_;
};

}  // namespace weighin
