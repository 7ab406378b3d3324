// A model split over GPUs and the CPU: which layers each device has, and how much memory that takes.
#pragma once

#include <span>
#include <vector>

#include "models/bytes/memory_use.h"
#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin::llamacpp {

/// Whether a tensor that belongs to no layer is placed with the output head, after the layers. The other such
/// tensors are placed with the embeddings, before the layers (src/llama-arch.cpp, LLM_TENSOR_LAYER_OUTPUT).
bool lies_with_head(const Tensor& tensor);

/// Bytes of each part of a model. The bytes of any split are sums of these.
struct LayerBytes {
  std::vector<uint64_t> weights, kv;  // one entry per layer
  uint64_t head_weights = 0;          // the output head, where it is not tied, and what is placed with it
  /// The embedding, where the head is tied to it: a GPU with the head holds it as well.
  uint64_t tied_weights = 0;
  uint64_t other_weights = 0;  // embeddings: always on the CPU
  uint64_t compute_bytes = 0;  // the compute buffer of the whole model
  uint32_t layers() const { return static_cast<uint32_t>(weights.size()); }
};

/// `compute_bytes` is that of memory_use().
LayerBytes layer_bytes(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                       uint64_t compute_bytes);

/// Bytes on one device.
struct SideBytes {
  uint64_t weights = 0, kv = 0, compute = 0;
  uint64_t all() const { return weights + kv + compute; }
};

/// The bytes of a GPU that has the layers from `first` up to, but not including, `end`. The output head
/// counts as one more layer after the last.
SideBytes gpu_side(const LayerBytes& bytes, uint32_t first, uint32_t end);

/// The bytes of the CPU, which has the layers before `first` and the token embedding. A tied embedding is in
/// memory twice where the head is on a GPU. Weights and KV cache are exact. Each device that computes layers
/// is counted with the compute buffer of the whole model, which is an upper bound: its part of the graph
/// needs no more.
SideBytes cpu_side(const LayerBytes& bytes, uint32_t first);

/// The end of each GPU's layers where those from `first` on, with the head, are split over several GPUs. Each
/// GPU gets layers in proportion to its free memory, as in llama.cpp (src/llama-model.cpp, load_tensors,
/// which compares the position of a layer with the cumulative share of memory).
std::vector<uint32_t> ends_by_memory(uint32_t layers, uint32_t first, std::span<const uint64_t> free_bytes);

/// A split over one GPU and the CPU. Layers are counted as llama.cpp's --n-gpu-layers counts them: the last
/// ones go to the GPU, and the output head is one more.
struct SplitUse {
  uint32_t gpu_layers = 0;  // 0 to layers + 1
  uint64_t gpu_weights_bytes = 0, gpu_kv_bytes = 0, gpu_compute_bytes = 0;
  uint64_t cpu_weights_bytes = 0, cpu_kv_bytes = 0, cpu_compute_bytes = 0;
  uint64_t gpu_bytes() const { return gpu_weights_bytes + gpu_kv_bytes + gpu_compute_bytes; }
  uint64_t cpu_bytes() const { return cpu_weights_bytes + cpu_kv_bytes + cpu_compute_bytes; }
};

/// The split with `gpu_layers` of the model on the GPU, or all where there are fewer.
SplitUse split_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                   uint32_t gpu_layers);

/// The split with the most layers on the GPU that take at most `gpu_bytes`.
SplitUse best_split(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                    uint64_t gpu_bytes);

}  // namespace weighin::llamacpp
