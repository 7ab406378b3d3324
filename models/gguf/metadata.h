// Reads the metadata of a GGUF file: keys with their values.
#pragma once

#include <cstdint>

#include "models/gguf/cursor.h"
#include "models/gguf/gguf.h"

namespace weighin {

/// The shortest pair: an empty key, its type, and a value of one byte.
inline constexpr uint64_t least_gguf_pair_bytes = 8 + 4 + 1;

/// Reads the pair at the cursor and adds it to `file`. The cursor keeps what is wrong with it.
void read_gguf_pair(GgufCursor& cursor, Gguf& file);

}  // namespace weighin
