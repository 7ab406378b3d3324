#include "models/llamacpp/split.h"

#include <algorithm>

#include "models/build_shape.h"
#include "models/llamacpp/memory.h"

namespace weighin::llamacpp {
namespace {

/// The cache of one layer, as cache_bytes counts all of them.
uint64_t layer_cache_bytes(const ModelShape& shape, size_t layer, const MemorySettings& settings) {
  ModelShape one;
  static_cast<Architecture&>(one) = shape;
  one.task = shape.task;
  // Windows have a cache of their own where the whole model has both kinds of layers.
  const CacheCells cells = cache_cells(shape, settings);
  one.per_layer = {shape.per_layer[layer]};
  one.layers = 1;
  describe_layers(one);
  uint64_t bytes = 0;
  for (const AttentionLayers& group : one.attention)
    bytes += cached_row_bytes(group, settings) * (group.window && cells.window ? cells.window : cells.whole);
  return (bytes + one.state_values * sizeof(float)) * std::max(1u, settings.sequences);
}

}  // namespace

SplitUse split_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                   uint32_t gpu_layers) {
  const auto layers = static_cast<uint32_t>(shape.per_layer.size());
  SplitUse use;
  use.gpu_layers = std::min(gpu_layers, layers + 1);
  const bool head_on_gpu = use.gpu_layers > 0;
  const uint32_t first = layers + 1 - std::max(1u, use.gpu_layers);  // of the layers on the GPU
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  uint64_t embedding = 0;
  bool tied = false;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    const uint64_t bytes = stored_bytes(tensor, formats[i]);
    if (tensor.role == TensorRole::token_embedding) embedding = bytes;
    tied |= tensor.role == TensorRole::output && tensor.stored == 0;
    const bool head =
        tensor.layer < 0 && (tensor.role == TensorRole::output || tensor.name.rfind("output", 0) == 0);
    const bool on_gpu = tensor.layer >= 0 ? use.gpu_layers > 0 && static_cast<uint32_t>(tensor.layer) >= first
                                          : head && head_on_gpu;
    (on_gpu ? use.gpu_weights_bytes : use.cpu_weights_bytes) += bytes;
  }
  if (tied && head_on_gpu) use.gpu_weights_bytes += embedding;
  for (uint32_t i = 0; i < layers; ++i)
    (use.gpu_layers > 0 && i >= first ? use.gpu_kv_bytes : use.cpu_kv_bytes) +=
        layer_cache_bytes(shape, i, settings);
  const uint64_t compute = llamacpp::memory_use(shape, format, settings).compute_bytes;
  if (use.gpu_layers > 0) use.gpu_compute_bytes = compute;
  if (use.gpu_layers <= layers) use.cpu_compute_bytes = compute;
  return use;
}

SplitUse best_split(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                    uint64_t gpu_bytes) {
  for (auto layers = static_cast<uint32_t>(shape.per_layer.size()) + 1; layers > 0; --layers) {
    const SplitUse use = split_use(shape, format, settings, layers);
    if (use.gpu_bytes() <= gpu_bytes) return use;
  }
  return split_use(shape, format, settings, 0);
}

}  // namespace weighin::llamacpp
