// Measuring one item of the plan: the best kernel that computes correctly is timed in turn with the bound
// that binds it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/timing/switch_watch.h"
#include "kernels/kernel/kernel.h"
#include "results/records/measurement.h"

namespace weighin {

/// The machine's bounds at one thread count, as far as they are measured, in bytes or operations a second.
using Bounds = std::map<Op, double>;

/// kernels_for() on this CPU, in the order of the table.
KernelChoice kernels_here();

/// What measuring needs, and what outlives one item.
struct MeasureContext {
  Workbench& bench;
  const KernelChoice& kernels;
  uint64_t cache_bytes = 0;  // of the last-level caches: operands that fit into them say nothing about memory
  uint64_t operand_bytes = 0;  // the most that activations and results may take beside the weights
  const Bounds& bounds;
  std::map<std::string, std::string>& checked;  // by kernel: how it failed on adversarial data, or nothing
  /// For how long, in all, timings of an item that were disturbed are taken again: a dozen time slices of
  /// another program (3 to 8 ms under Linux). What takes longer than a slice is always disturbed beside a
  /// busy program, and cannot be helped by trying again.
  double again_s = 0.04;
};

/// The kernel for an item, made ready, and its bound.
class TimedItem {
 public:
  /// Chooses the best kernel for `item` that is right on adversarial data and on 64 outputs of the problem
  /// itself. Each kernel that is wrong is added to `wrong` as a measurement. Error: the status and reason of
  /// an item that cannot be measured.
  static tl::expected<TimedItem, Measurement> prepare(const PlanItem& item, const MeasureContext& context,
                                                      std::vector<Measurement>& wrong);

  const std::string& kernel() const { return kernel_->name; }
  double error() const { return error_; }

  /// Times the kernel once, then its bound. A short kernel is run several times, and the mean is returned. A
  /// timing during which the system took a core from the team (SwitchWatch) is taken again, as long as the
  /// item's time for that lasts (most_again_s).
  double sample();

  /// The fraction of the bound that each sample since prepare() reached; empty where there is no bound.
  const std::vector<double>& fractions() const { return fractions_; }

 private:
  const Kernel* kernel_ = nullptr;
  double error_ = 0;
  std::unique_ptr<Prepared> prepared_, bound_;
  unsigned runs_a_sample_ = 1;
  // The seconds of one run of bound_ times this are the item's seconds at that bound.
  double bound_scale_ = 0;
  double other_floor_s_ = 0;  // the item's seconds at the other bound, which does not bind it
  std::vector<double> fractions_;
  std::optional<SwitchWatch> watch_;  // none for a GPU, whose work the system does not interrupt
  double again_s_ = 0;                // how much longer timings that were disturbed are taken again

  double seconds_of(Prepared& prepared, unsigned runs);
  /// Sets how many runs make a sample that is long enough to be timed.
  void choose_runs();
  void prepare_bound(const PlanItem& item, const MeasureContext& context);
};

/// A row for an item that was not measured. It has the name of the kernel that would have measured it, so
/// that a later measurement takes its place, or the operation's name where no kernel can compute it.
Measurement unmeasured(const PlanItem& item, const KernelChoice& kernels, Status status,
                       const std::string& reason);

}  // namespace weighin
