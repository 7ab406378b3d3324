// The check that a kernel must pass before it is timed: a small problem over adversarial data.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// A small problem of `op` and `format` that does not fit the kernels' tiles: it has more than one panel, and
/// remainders in rows, tokens and values.
Problem small_problem(Op op, FormatId format);

/// Checks every output of `kernel` on small_problem() with adversarial weights and operands, for both kinds
/// of activations, each over several weights. Returns the worst check. It takes a few milliseconds. Error:
/// what could not be had. `storage_folder` is for storage_read alone, which reads a file of random bytes
/// there (empty: an error). `gpu` is for kernels of a GPU: the check uses its GPU, and the parameters that a
/// search found.
tl::expected<Check, std::string> check_adversarial(const Kernel& kernel, ThreadPool& threads,
                                                   const std::string& storage_folder = "",
                                                   GpuBench* gpu = nullptr);

}  // namespace weighin
