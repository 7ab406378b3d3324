// The memory that running a model takes, by part.
#pragma once

#include <cstdint>

#include "models/bytes/memory_use.h"
#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// The memory of `shape` in `format`, run with `settings`.
MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings);

/// The same with the default of every other setting.
MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, uint32_t context,
                     uint32_t micro_batch = 512);

/// The largest context, at most the model's maximum, whose needed bytes are within `usable_bytes`. 0 where
/// none is.
uint32_t largest_context(const ModelShape& shape, const FileFormat& format, uint64_t usable_bytes,
                         MemorySettings settings = {});

}  // namespace weighin
