// The clock of a race between kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// How many instruction sets take part in a race, the best ones first. An older set of narrower registers has
/// never won.
constexpr size_t sets_in_race = 3;

/// The seconds that each of `kernels` takes for `problem`, timed in turn; infinity where a kernel cannot be
/// run or computes wrongly.
using RaceTimer =
    std::function<std::vector<double>(std::span<const Kernel* const> kernels, const Problem& problem)>;

/// Times kernels on one thread and on `threads` threads, over weights of 64 MiB a format and layout, or 288
/// MiB where all kernels read one layout. A kernel's seconds are the geometric mean of both: one thread shows
/// what a kernel costs, and all show what memory allows. At most `budget_bytes` of weights are held.
RaceTimer race_timer(uint32_t threads, uint64_t budget_bytes);

}  // namespace weighin
