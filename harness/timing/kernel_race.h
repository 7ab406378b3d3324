// Short races that find which of the CPU's kernels is fastest here: the instruction set, the layout of the
// weights, and how far ahead weights are asked for. None is fastest on every machine.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/timing/race_timer.h"
#include "kernels/kernel/kernel.h"
#include "results/records/kernel_race.h"

namespace weighin {

/// What races found here, now or earlier.
class KernelRaces {
 public:
  /// `kernels` are those that compute on this machine, in the order of the table. Of `known`, results whose
  /// kernel is not among them are left out.
  KernelRaces(KernelChoice kernels, std::vector<KernelRace> known);

  /// Holds the races that `problems` need and that were not held before: one for each operation and format
  /// that has several kernels. `found` is called with each result at once. The races stop when `over` returns
  /// true; kernels that were not raced keep the table's order.
  void hold(std::span<const Problem> problems, const RaceTimer& timer, const std::function<bool()>& over,
            const std::function<void(const KernelRace&)>& found);

  /// The kernels that can compute a problem, the winner of its race first and the others in the table's
  /// order. It knows what has been found until now.
  KernelChoice choice() const;

 private:
  using Key = std::pair<Op, FormatId>;

  void hold_for(Op op, FormatId format, const RaceTimer& timer,
                const std::function<void(const KernelRace&)>& found);
  void hold_for_products(FormatId format, const RaceTimer& timer,
                         const std::function<void(const KernelRace&)>& found);

  KernelChoice kernels_;
  std::map<Key, KernelRace> found_;
};

}  // namespace weighin
