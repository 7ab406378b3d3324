// One plan item measured: the best kernel that computes rightly, timed in turn with the bound that binds it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/plan/plan.h"
#include "kernels/kernel/kernel.h"
#include "results/records/measurement.h"

namespace weighin {

/// The machine's bounds at one thread count as measured so far, bytes or operations a second.
using Bounds = std::map<Op, double>;

/// The kernels for a problem, best first: kernels_for() on this CPU, or a test's own.
using KernelChoice = std::function<std::vector<const Kernel*>(const Problem&)>;

KernelChoice kernels_here();

/// What measuring needs and outlives one item.
struct MeasureContext {
  Workbench& bench;
  const KernelChoice& kernels;
  uint64_t cache_bytes = 0;    // last-level caches: operands below it say nothing of memory
  uint64_t operand_bytes = 0;  // most that activations and results may take beside the weights
  const Bounds& bounds;
  std::map<std::string, std::string>&
      checked;  // kernel: what adversarial data showed wrong in it, or nothing
};

/// An item's kernel made ready, beside its bound.
class TimedItem {
 public:
  /// Chooses the best kernel for `item` that is right on adversarial data and on 64 sampled outputs of the
  /// problem itself. Each kernel that is not is added to `wrong` as a measurement. Error: the status and
  /// reason of an item that cannot be measured.
  static tl::expected<TimedItem, Measurement> prepare(const PlanItem& item, const MeasureContext& context,
                                                      std::vector<Measurement>& wrong);

  const std::string& kernel() const { return kernel_->name; }
  double error() const { return error_; }
  unsigned runs_a_sample() const { return runs_a_sample_; }

  /// Times the kernel once (short ones several times over, the mean is returned), then its bound.
  double sample();

  /// The fraction of the bound each sample since prepare() reached; empty where there is no bound.
  const std::vector<double>& fractions() const { return fractions_; }

 private:
  const Kernel* kernel_ = nullptr;
  double error_ = 0;
  std::unique_ptr<Prepared> prepared_, bound_;
  unsigned runs_a_sample_ = 1;
  double bound_scale_ = 0;    // the item's seconds at the bound, of one run of bound_
  double other_floor_s_ = 0;  // its seconds at the bound that does not bind
  std::vector<double> fractions_;

  void prepare_bound(const PlanItem& item, const MeasureContext& context);
};

/// A row for an item that was not measured, under the kernel that would have measured it, so that a later
/// measurement takes its place; under the operation's name where no kernel can.
Measurement unmeasured(const PlanItem& item, const KernelChoice& kernels, Status status,
                       const std::string& reason);

}  // namespace weighin
