// How a model is run, and the parts of the memory that running it takes.
#pragma once

#include <cstdint>

#include "models/format/format.h"

namespace weighin {

/// The KV cache holds a multiple of this many tokens (llama.cpp v0.5.0: src/llama-context.cpp,
/// src/llama-kv-cache.cpp).
inline constexpr uint32_t context_step = 256;

/// The engine that runs the model. llamacpp: memory as llama.cpp v0.5.0 allocates it, compared with the
/// engine itself by tests/engine/memory.test.mjs. generic: an engine that holds the weights once, the KV
/// cache, and the results of one layer at a time.
enum class Engine : uint8_t { llamacpp, generic };

/// How the model is run. The defaults are llama.cpp's.
struct MemorySettings {
  Engine engine = Engine::llamacpp;
  uint32_t context = 4096;     // tokens of all sequences together
  uint32_t micro_batch = 512;  // most tokens that are computed together; buffers are made for so many
  uint32_t prompt = 0;         // most tokens that really are computed together; 0: micro_batch
  uint32_t sequences = 1;      // sequences in parallel, each with its share of the context
  bool flash_attention = true;
  FormatId key = FormatId::f16;    // format of keys in the KV cache
  FormatId value = FormatId::f16;  // format of values in the KV cache
  bool mmap = true;                // the weights are the file itself, mapped into memory
  bool repack =
      true;  // weights are rearranged in the order that the CPU reads fastest, where llama.cpp does so
};

/// The memory that running a model takes, by part.
struct MemoryUse {
  uint64_t weights_bytes = 0;    // exact bytes of the tensors
  uint64_t repacked_bytes = 0;   // a second, rearranged copy of weights, which stands beside a mapped file
  uint64_t kv_bytes = 0;         // keys and values, or the state of recurrent layers
  uint64_t workspace_bytes = 0;  // the part of the compute buffer that is touched
  uint64_t logits_bytes = 0;     // the results that the caller reads
  uint64_t tokenizer_bytes = 0;
  uint64_t runtime_bytes = 0;  // the program itself, and what its threads need

  /// What must be in memory at once. The pages of a mapped file can be given up once its weights are
  /// repacked, so the repacked copy does not count beside them. All verdicts use this figure.
  uint64_t needed_bytes() const {
    return weights_bytes + kv_bytes + workspace_bytes + logits_bytes + tokenizer_bytes + runtime_bytes;
  }

  /// What the process holds at its peak where nothing is given up: the repacked copy is beside the pages of
  /// the mapped file. A running engine shows this figure (`weighin memory`, tests/engine/memory.test.mjs).
  uint64_t peak_resident_bytes() const { return needed_bytes() + repacked_bytes; }

  /// All parts but weights, KV cache and workspace.
  uint64_t other_bytes() const { return repacked_bytes + logits_bytes + tokenizer_bytes + runtime_bytes; }

  // As the engine allocates it, which may be more than it ever touches:
  uint64_t compute_bytes = 0;         // the compute buffer
  uint64_t largest_buffer_bytes = 0;  // the largest single buffer, for limits such as maxBufferSize
  uint64_t largest_tensor_bytes = 0;  // the largest tensor, which is bound as one, for maxStorageBufferRange
};

}  // namespace weighin
