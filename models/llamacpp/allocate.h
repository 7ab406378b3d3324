// The compute buffer that a graph needs.
#pragma once

#include <cstdint>

#include "models/llamacpp/graph.h"

namespace weighin::llamacpp {

/// The compute buffer of one graph.
struct Allocation {
  uint64_t bytes = 0;          // size of the buffer
  uint64_t touched_bytes = 0;  // bytes of it that are written when the graph is computed with used_bytes
  uint64_t largest_bytes = 0;  // size of the largest tensor in it
};

/// Allocates the tensors of `graph` as ggml's graph allocator does (ggml/src/ggml-alloc.c, llama.cpp v0.5.0):
/// by best fit among the freed blocks. A result may be written over a source that nothing else reads. A
/// tensor is freed after its last reader and the last reader of its views. `alignment` is 32 bytes on the
/// CPU.
Allocation allocate(const Graph& graph, uint64_t alignment = 32);

}  // namespace weighin::llamacpp
