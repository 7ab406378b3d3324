#include "models/llamacpp/split.h"

#include <algorithm>
#include <cmath>

#include "models/bytes/tensor_formats.h"
#include "models/llamacpp/memory.h"
#include "models/shape/build_shape.h"
#include "models/shape/build_state_space.h"

namespace weighin::llamacpp {
namespace {

/// Bytes of each layer's KV cache. Their sum is cache_bytes().
std::vector<uint64_t> layer_cache_bytes(const ModelShape& shape, const MemorySettings& settings) {
  const CacheCells cells = cache_cells(shape, settings);
  std::vector<uint64_t> layers;
  for (const Layer& layer : shape.per_layer) {
    uint64_t bytes = state_values_of(shape, layer.mixer) * sizeof(float);
    if (const auto group = attention_of(shape, layer))
      bytes +=
          cached_row_bytes(*group, settings) * (group->window && cells.window ? cells.window : cells.whole);
    layers.push_back(bytes * std::max(1u, settings.sequences));
  }
  return layers;
}

SplitUse split_of(const LayerBytes& bytes, uint32_t gpu_layers) {
  SplitUse use;
  use.gpu_layers = std::min(gpu_layers, bytes.layers() + 1);
  const uint32_t first = bytes.layers() + 1 - use.gpu_layers;
  const SideBytes gpu = gpu_side(bytes, first, bytes.layers() + 1), cpu = cpu_side(bytes, first);
  use.gpu_weights_bytes = gpu.weights;
  use.gpu_kv_bytes = gpu.kv;
  use.gpu_compute_bytes = gpu.compute;
  use.cpu_weights_bytes = cpu.weights;
  use.cpu_kv_bytes = cpu.kv;
  use.cpu_compute_bytes = cpu.compute;
  return use;
}

}  // namespace

bool lies_with_head(const Tensor& tensor) {
  if (tensor.layer >= 0) return false;
  return tensor.role == TensorRole::output || tensor.role == TensorRole::pooler ||
         tensor.name.rfind("output", 0) == 0;
}

LayerBytes layer_bytes(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                       uint64_t compute_bytes) {
  LayerBytes bytes;
  bytes.compute_bytes = compute_bytes;
  bytes.weights.resize(shape.per_layer.size());
  bytes.kv = layer_cache_bytes(shape, settings);
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  uint64_t embedding = 0;
  bool tied = false;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    const uint64_t stored = stored_bytes(tensor, formats[i]);
    if (tensor.role == TensorRole::token_embedding) embedding = stored;
    tied |= tensor.role == TensorRole::output && tensor.stored == 0;
    if (tensor.layer >= 0 && static_cast<size_t>(tensor.layer) < bytes.weights.size()) {
      bytes.weights[static_cast<size_t>(tensor.layer)] += stored;
    } else {
      (lies_with_head(tensor) ? bytes.head_weights : bytes.other_weights) += stored;
    }
  }
  if (tied) bytes.tied_weights = embedding;
  return bytes;
}

SideBytes gpu_side(const LayerBytes& bytes, uint32_t first, uint32_t end) {
  SideBytes side;
  for (uint32_t i = first; i < std::min(end, bytes.layers()); ++i) {
    side.weights += bytes.weights[i];
    side.kv += bytes.kv[i];
  }
  if (first < end && end > bytes.layers()) side.weights += bytes.head_weights + bytes.tied_weights;
  if (first < end) side.compute = bytes.compute_bytes;
  return side;
}

SideBytes cpu_side(const LayerBytes& bytes, uint32_t first) {
  SideBytes side;
  side.weights = bytes.other_weights;
  for (uint32_t i = 0; i < std::min(first, bytes.layers()); ++i) {
    side.weights += bytes.weights[i];
    side.kv += bytes.kv[i];
  }
  if (first > bytes.layers()) side.weights += bytes.head_weights;
  if (first > 0) side.compute = bytes.compute_bytes;
  return side;
}

std::vector<uint32_t> ends_by_memory(uint32_t layers, uint32_t first, std::span<const uint64_t> free_bytes) {
  std::vector<uint32_t> ends(free_bytes.size(), first);
  double all = 0;
  for (const uint64_t bytes : free_bytes) all += static_cast<double>(bytes);
  const uint32_t on_gpus = layers + 1 - first;
  double before = 0;
  for (size_t i = 0; i < ends.size() && all > 0; ++i) {
    before += static_cast<double>(free_bytes[i]);
    // The layers whose position is below the cumulative share of this GPU and those before it.
    ends[i] = first + static_cast<uint32_t>(std::ceil(on_gpus * (before / all) - 1e-9));
  }
  if (!ends.empty()) ends.back() = layers + 1;
  return ends;
}

SplitUse split_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                   uint32_t gpu_layers) {
  const uint64_t compute_bytes = llamacpp::memory_use(shape, format, settings).compute_bytes;
  return split_of(layer_bytes(shape, format, settings, compute_bytes), gpu_layers);
}

SplitUse best_split(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings,
                    uint64_t gpu_bytes) {
  const uint64_t compute_bytes = llamacpp::memory_use(shape, format, settings).compute_bytes;
  const LayerBytes bytes = layer_bytes(shape, format, settings, compute_bytes);
  for (uint32_t layers = bytes.layers() + 1; layers > 0; --layers) {
    const SplitUse use = split_of(bytes, layers);
    if (use.gpu_bytes() <= gpu_bytes) return use;
  }
  return split_of(bytes, 0);
}

}  // namespace weighin::llamacpp
