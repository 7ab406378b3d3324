// A model split over GPUs and the CPU: which layers lie where, and what each side then holds.
#pragma once

#include <span>
#include <vector>

#include "models/memory/memory.h"

namespace weighin::llamacpp {

/// Whether a tensor of no layer lies with the output head, after the layers; the others of no layer lie with
/// the embeddings, before them (src/llama-arch.cpp, LLM_TENSOR_LAYER_OUTPUT).
bool lies_with_head(const Tensor& tensor);

/// What each part of a model takes, so that any split can be added up.
struct LayerBytes {
  std::vector<uint64_t> weights, kv;  // one a layer
  uint64_t head_weights = 0;  // of the output head and what lies with it; without the head where that is tied
  uint64_t tied_weights = 0;  // the embedding, where the head is tied to it: a GPU with the head holds it too
  uint64_t other_weights = 0;  // embeddings: always the CPU's
  uint64_t compute_bytes = 0;  // the compute buffer of the whole model
  uint32_t layers() const { return static_cast<uint32_t>(weights.size()); }
};

/// `compute_bytes`: the compute buffer's, as memory_use says.
LayerBytes layer_bytes(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                       uint64_t compute_bytes);

/// What one side holds.
struct SideBytes {
  uint64_t weights = 0, kv = 0, compute = 0;
  uint64_t all() const { return weights + kv + compute; }
};

/// Of a GPU with the layers from `first` up to, and without, `end`; the head is one more layer after the
/// last.
SideBytes gpu_side(const LayerBytes& bytes, uint32_t first, uint32_t end);

/// Of the CPU with those before `first`. The token embedding stays with it, and is held twice where the head
/// is tied to it and lies on a GPU. Weights and cache to the byte; each side that computes layers is counted
/// with the whole compute buffer, an upper bound (its share of the graph is no larger).
SideBytes cpu_side(const LayerBytes& bytes, uint32_t first);

/// Where each of several GPUs ends, when the layers from `first` on (with the head) go to them: in proportion
/// to their free memory, as llama.cpp does (src/llama-model.cpp, load_tensors: a layer's place among those on
/// GPUs against the running share of memory).
std::vector<uint32_t> ends_by_memory(uint32_t layers, uint32_t first, std::span<const uint64_t> free_bytes);

/// What each side holds with one GPU. Layers are counted as llama.cpp's --n-gpu-layers counts them: the last
/// ones go to the GPU, and the output head is one more.
struct SplitUse {
  uint32_t gpu_layers = 0;  // 0 to layers + 1
  uint64_t gpu_weights_bytes = 0, gpu_kv_bytes = 0, gpu_compute_bytes = 0;
  uint64_t cpu_weights_bytes = 0, cpu_kv_bytes = 0, cpu_compute_bytes = 0;
  uint64_t gpu_bytes() const { return gpu_weights_bytes + gpu_kv_bytes + gpu_compute_bytes; }
  uint64_t cpu_bytes() const { return cpu_weights_bytes + cpu_kv_bytes + cpu_compute_bytes; }
};

/// With `gpu_layers` of the model on the GPU (more than there are: all).
SplitUse split_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                   uint32_t gpu_layers);

/// The most layers that fit in `gpu_bytes`.
SplitUse best_split(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                    uint64_t gpu_bytes);

}  // namespace weighin::llamacpp
