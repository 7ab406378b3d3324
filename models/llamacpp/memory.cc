#include "models/llamacpp/memory.h"

#include <algorithm>

#include "models/bytes/resident_bytes.h"
#include "models/bytes/tensor_formats.h"
#include "models/bytes/weights_bytes.h"
#include "models/llamacpp/allocate.h"
#include "models/llamacpp/build_graph.h"

namespace weighin::llamacpp {
namespace {

uint64_t in_steps(uint64_t tokens) {
  return (tokens + uint64_t{context_step} - 1) / uint64_t{context_step} * uint64_t{context_step};
}

/// Whether layers with a window have a cache of their own. A model whose every layer has a window (Mistral 7B
/// v0.1) is loaded as plain Llama, which caches the whole context.
bool has_window_cache(const ModelShape& shape) {
  const auto windowed = [](const AttentionLayers& group) { return group.window != 0; };
  return std::any_of(shape.attention.begin(), shape.attention.end(), windowed) &&
         !std::all_of(shape.attention.begin(), shape.attention.end(), windowed);
}

uint64_t sequences_of(const MemorySettings& settings) {
  return std::max(1u, settings.sequences);
}

uint32_t micro_batch_of(const MemorySettings& settings) {
  return std::max(1u, std::min(settings.context, settings.micro_batch));
}

/// The same model with fewer layers, whose graph needs the same compute buffer: at most four layers of each
/// kind and the last four. Repeated layers reuse the same bytes again and again. tests/engine/memory.test.mjs
/// compares the result with whole models.
ModelShape with_few_layers(const ModelShape& shape) {
  ModelShape few;
  static_cast<Architecture&>(few) = shape;
  few.task = shape.task;
  few.per_layer.clear();
  const auto alike = [](const Layer& a, const Layer& b) {
    return a.mixer == b.mixer && a.feed_forward == b.feed_forward && a.heads == b.heads &&
           a.kv_heads == b.kv_heads && a.head_dim == b.head_dim && (a.window == 0) == (b.window == 0) &&
           a.ffn_width == b.ffn_width;
  };
  for (size_t i = 0; i < shape.per_layer.size(); ++i) {
    const Layer& layer = shape.per_layer[i];
    const auto so_far = std::count_if(few.per_layer.begin(), few.per_layer.end(),
                                      [&](const Layer& other) { return alike(layer, other); });
    if (so_far < 4 || i + 4 >= shape.per_layer.size()) few.per_layer.push_back(layer);
  }
  return few;
}

GraphSizes sizes_of(const ModelShape& shape, const MemorySettings& settings) {
  const CacheCells cells = cache_cells(shape, settings);
  GraphSizes sizes;
  sizes.tokens = micro_batch_of(settings);
  sizes.used_tokens = settings.prompt ? std::min(settings.prompt, sizes.tokens) : sizes.tokens;
  sizes.sequences = static_cast<uint32_t>(sequences_of(settings));
  sizes.used_outputs = shape.task == Task::encode ? sizes.used_tokens : 1;
  sizes.cached = static_cast<uint32_t>(cells.whole);
  sizes.used_cached = sizes.cached;
  sizes.cached_window = static_cast<uint32_t>(cells.window);
  sizes.flash_attention = settings.flash_attention;
  sizes.rotated_cache = format_of(settings.key).quantized();
  return sizes;
}

/// Bytes that the threads need beside the results: the input of the widest product, converted to the format
/// that its weights are multiplied with (ggml-cpu.c, ggml_graph_plan). For quantized weights this is int8 in
/// groups of 32 with a scale, 34 bytes; for f16 and bf16 it is 2 bytes a value.
uint64_t rounded_input_bytes(const ModelShape& shape, const std::vector<FormatId>& formats, uint64_t tokens) {
  uint64_t most = 0;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    if (tensor.used == 0 || kept_in_f32(tensor.role)) continue;
    const bool last = tensor.role == TensorRole::output || tensor.role == TensorRole::pooler;
    uint64_t rows = last ? 1 : tokens;
    if (is_expert(tensor.role) && tensor.role == TensorRole::expert_down) rows *= shape.experts_active;
    const QuantFormat& format = format_of(formats[i]);
    const uint64_t bytes = format.quantized()            ? row_bytes(FormatId::q8_0, tensor.cols)
                           : formats[i] == FormatId::f32 ? 0
                                                         : 2 * tensor.cols;
    most = std::max(most, rows * bytes);
  }
  return most;
}

/// Bytes of the matrices that llama.cpp repacks on a CPU with AVX2: those in a format with a kernel for
/// interleaved rows, whose rows can be interleaved by eight (ggml/src/ggml-cpu/repack.cpp).
struct Repacked {
  uint64_t all = 0;      // of all these matrices
  uint64_t largest = 0;  // of the largest
};

Repacked repacked_of(const ModelShape& shape, const std::vector<FormatId>& formats) {
  Repacked repacked;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    const bool repackable = formats[i] == FormatId::q4_0 || formats[i] == FormatId::q4_K ||
                            formats[i] == FormatId::q2_K || formats[i] == FormatId::iq4_nl;
    if (!repackable || tensor.used == 0 || kept_in_f32(tensor.role) || tensor.rows % 8 != 0) continue;
    const uint64_t bytes = stored_bytes(tensor, formats[i]);
    repacked.all += bytes;
    repacked.largest = std::max(repacked.largest, bytes);
  }
  return repacked;
}

}  // namespace

CacheCells cache_cells(const ModelShape& shape, const MemorySettings& settings) {
  if (shape.task == Task::encode) return {};
  CacheCells cells;
  const uint64_t sequences = sequences_of(settings);
  cells.whole = in_steps((settings.context + sequences - 1) / sequences);
  if (has_window_cache(shape))
    cells.window = std::min(cells.whole, in_steps(uint64_t{shape.window} + micro_batch_of(settings)));
  return cells;
}

uint64_t cached_row_bytes(const AttentionLayers& group, const MemorySettings& settings) {
  if (group.cached_values == 0) return 0;
  const uint64_t keys = uint64_t{group.kv_heads} * group.key_dim,
                 values = uint64_t{group.kv_heads} * group.value_dim;
  // A latent is both keys and values. What is cached beyond them are the keys of an indexer.
  const bool latent = group.cached_values < keys + values;
  const uint64_t beyond = group.cached_values - (latent ? keys : keys + values);
  return row_bytes(settings.key, keys) + (latent ? 0 : row_bytes(settings.value, values)) +
         row_bytes(settings.key, beyond);
}

uint64_t cache_bytes(const ModelShape& shape, const MemorySettings& settings) {
  const CacheCells cells = cache_cells(shape, settings);
  uint64_t bytes = 0;
  for (const AttentionLayers& group : shape.attention) {
    if (group.cached_values == 0) continue;
    const uint64_t held = group.window && cells.window ? cells.window : cells.whole;
    bytes += held * group.layers * cached_row_bytes(group, settings);
  }
  return (bytes + shape.state_values * sizeof(float)) * sequences_of(settings);
}

MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings) {
  const GraphSizes sizes = sizes_of(shape, settings);
  const Allocation compute = allocate(build_graph(with_few_layers(shape), sizes));
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  const Repacked repacked = settings.repack ? repacked_of(shape, formats) : Repacked{};
  MemoryUse use;
  use.weights_bytes = weights_bytes(shape, format, formats);
  if (settings.mmap) use.repacked_bytes = repacked.all;
  use.kv_bytes = cache_bytes(shape, settings);
  use.compute_bytes = compute.bytes;
  use.workspace_bytes = compute.touched_bytes;
  use.logits_bytes = 4ull * shape.vocab * sequences_of(settings);
  const bool bare = !shape.file_format.empty() && shape.tokenizer_bytes == 0;
  use.tokenizer_bytes = shape.vocab * (bare ? vocabulary_entry_bytes_without_text : vocabulary_entry_bytes);
  use.runtime_bytes = program_bytes + rounded_input_bytes(shape, formats, sizes.used_tokens);
  if (!settings.mmap) {
    // A matrix is read whole before it is repacked, at a time when only weights are in memory. It counts
    // where it is larger than everything that comes later.
    const uint64_t later = use.peak_resident_bytes() - use.weights_bytes - program_bytes;
    use.runtime_bytes += repacked.largest > later ? repacked.largest - later : 0;
  }
  use.largest_buffer_bytes = std::max({use.weights_bytes, use.kv_bytes, use.compute_bytes});
  use.largest_tensor_bytes = std::max(compute.largest_bytes, largest_tensor_bytes(shape, formats));
  return use;
}

}  // namespace weighin::llamacpp
