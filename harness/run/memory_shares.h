// How much of a machine's threads and memory a run uses.
#pragma once

#include <cstdint>
#include <span>

#include "harness/plan/plan.h"
#include "harness/run/session.h"
#include "probes/machine/machine.h"

namespace weighin {

/// The threads that `options` ask for, at most those that this program may use; all of them unless asked.
uint32_t threads_of(const Machine& machine, const SessionOptions& options);

/// Bytes of the last-level cache; 0 where it is not known.
uint64_t cache_bytes_of(const Machine& machine);

/// A quarter of the usable memory for weights, and at most as much for activations. The rest is for the
/// system and other programs.
uint64_t memory_budget_of(const Machine& machine);

/// The bytes of weights that a run would read if its memory had no limit: four times the last-level cache and
/// at least 256 MiB, so that what is read comes from memory.
uint64_t wanted_working_set(const Machine& machine);

/// The most that the working set may be: wanted_working_set() within memory_budget_of(). A test of the
/// machine finds out whether less suffices.
uint64_t working_set_of(const Machine& machine);

/// The least working set: twice the largest matrix of `items` (or all matrices of experts), so that calls
/// rotate through it, and 64 MiB, which is beyond the caches of phones.
uint64_t least_working_set(std::span<const PlanItem> items);

}  // namespace weighin
