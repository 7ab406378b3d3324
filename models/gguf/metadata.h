// The metadata of a GGUF file: keys with their values.
#pragma once

#include <cstdint>

#include "models/gguf/cursor.h"
#include "models/gguf/gguf.h"

namespace weighin {

/// An empty key, its type, a value of a byte.
inline constexpr uint64_t least_gguf_pair_bytes = 8 + 4 + 1;

/// Adds the pair at the cursor to `file`. What is wrong with it the cursor keeps.
void read_gguf_pair(GgufCursor& cursor, Gguf& file);

}  // namespace weighin
