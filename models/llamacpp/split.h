// A model split over a GPU and the CPU: which layers lie where, and what each side then holds.
#pragma once

#include "models/memory.h"

namespace weighin::llamacpp {

/// What each side holds. Layers are counted as llama.cpp's --n-gpu-layers counts them: the last ones go to
/// the GPU, and the output head is one more.
struct SplitUse {
  uint32_t gpu_layers = 0;  // 0 to layers + 1
  uint64_t gpu_weights_bytes = 0, gpu_kv_bytes = 0, gpu_compute_bytes = 0;
  uint64_t cpu_weights_bytes = 0, cpu_kv_bytes = 0, cpu_compute_bytes = 0;
  uint64_t gpu_bytes() const { return gpu_weights_bytes + gpu_kv_bytes + gpu_compute_bytes; }
  uint64_t cpu_bytes() const { return cpu_weights_bytes + cpu_kv_bytes + cpu_compute_bytes; }
};

/// With `gpu_layers` of the model on the GPU (more than there are: all). The token embedding stays on the
/// CPU, and is held twice where the head is tied to it and lies on the GPU. Weights and cache to the byte;
/// each side that computes layers is counted with the whole compute buffer, an upper bound (its share of the
/// graph is no larger).
SplitUse split_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                   uint32_t gpu_layers);

/// The most layers that fit in `gpu_bytes`.
SplitUse best_split(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                    uint64_t gpu_bytes);

}  // namespace weighin::llamacpp
