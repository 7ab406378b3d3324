// What an engine keeps in memory beside weights, cache and buffers: its program, and the vocabulary.
//
// The numbers are fitted to the peak resident sizes of llama.cpp v0.5.0 with made vocabularies of 49,152 to
// 262,144 entries (docs/method/memory.md). tests/engine/memory.test.mjs compares what follows from them with
// the engine. Every estimate of memory uses these numbers: llama.cpp's, a generic engine's, and the one from
// specifications. The texts of real vocabularies, and the merges of byte-pair ones, differ from the made
// ones.
#pragma once

#include <cstdint>

namespace weighin {

/// Resident bytes beyond all buffers: the program itself, with what its libraries and threads take.
inline constexpr uint64_t program_bytes = 9ull << 20;

/// Bytes in memory for each entry of the vocabulary where the file has no texts (tokenizer.ggml.model is
/// no_vocab).
inline constexpr uint64_t vocabulary_entry_bytes_without_text = 53;

/// Bytes in memory for each entry of the vocabulary with its text.
inline constexpr uint64_t vocabulary_entry_bytes = vocabulary_entry_bytes_without_text + 120;

}  // namespace weighin
