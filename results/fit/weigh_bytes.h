// Bytes against what a device gives: whether a model fits, and which limit binds.
#pragma once

#include <optional>

#include "results/fit/fit.h"

namespace weighin {

/// Sets fits, and the limit of memory and storage that leaves the least headroom. With a `layout` each side's
/// memory counts, and what a GPU's driver allows: where that alone stops the model it is the limit.
void weigh_bytes(Verdict& verdict, const Capacity& capacity);

/// What a GPU's driver does not let a model of `memory` have, although its memory would do; nothing where it
/// lets it. What is bound to a kernel as one is a tensor, as in llama.cpp, whose Vulkan backend refuses work
/// on larger ones than maxStorageBufferRange (its pull requests 16354 and 18646).
std::optional<Limit> driver_limit(const GpuShare& share, const MemoryUse& memory);

/// needed / usable of the limit; large where nothing is usable.
double share_of(const Limit& limit);

}  // namespace weighin
