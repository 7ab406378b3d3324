// The check a kernel must pass before it is timed: a small problem over adversarial data.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// A small problem of `op` and `format` that fits no tile: more than one panel, tails in rows, tokens and
/// values.
Problem small_problem(Op op, FormatId format);

/// small_problem of `kernel` over adversarial weights and operands, every output compared, for two kinds of
/// activations over other weights each; the worse is returned. A few milliseconds. Error: what could not be
/// had. `storage_folder` is for storage_read alone (empty: an error), whose file is random bytes. `gpu` is
/// for the GPU's kernels, of which it takes the GPU and what a search found.
tl::expected<Check, std::string> check_adversarial(const Kernel& kernel, ThreadPool& threads,
                                                   const std::string& storage_folder = "",
                                                   GpuBench* gpu = nullptr);

}  // namespace weighin
