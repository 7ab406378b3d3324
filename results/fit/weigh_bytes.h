// Bytes against what a device gives: whether a model fits, and which limit binds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/capacity/capacity.h"
#include "results/capacity/limit.h"
#include "results/capacity/placement.h"
#include "results/fit/request.h"

namespace weighin {

struct BytesVerdict {
  std::optional<bool> fits;  // empty: not known
  Limit limit;               // of memory and storage, the one that leaves the least headroom
  std::vector<std::string> warnings;
};

/// Weighs `needs` on a device. With a `layout` (nullptr: none) the memory of each side counts, and what a
/// GPU's driver allows: where that alone stops the model, it is the limit.
BytesVerdict weigh_bytes(const Needs& needs, const Placement* layout, const Capacity& capacity);

/// What a GPU's driver does not let a model of `memory` have although its memory would suffice; nothing where
/// it lets it. What is bound to a kernel as one is a tensor, as in llama.cpp, whose Vulkan backend refuses to
/// work on larger ones than maxStorageBufferRange (its pull requests 16354 and 18646).
std::optional<Limit> driver_limit(const GpuShare& share, const MemoryUse& memory);

}  // namespace weighin
