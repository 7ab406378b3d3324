// A device that is known by what is published of it, as a program of some kind may use it.
#pragma once

#include "probes/devices/budgets.h"
#include "probes/devices/name.h"
#include "results/capacity/capacity.h"

namespace weighin {

/// A device of the catalogue, or one that was described, and what runs the model on it.
struct PublishedDevice {
  NamedDevice named;
  RunsAs runs_as = RunsAs::native;
};

/// The memory that the budgets (probes/devices/budgets.h) give to a model on all of its devices together.
/// Free storage is not known.
Capacity published_capacity(const PublishedDevice& device);

}  // namespace weighin
