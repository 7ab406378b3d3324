#include "models/shrink/pruning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/shape/build_shape.h"

namespace weighin {
namespace {

constexpr uint32_t long_step = 256;  // values of a k-quant's super-block
constexpr uint32_t short_step = 32;  // values of a q8_0 block

uint32_t kept_width(uint32_t whole, double share) {
  if (share >= 1) return whole;
  const uint32_t step = whole % long_step == 0 ? long_step : short_step;
  const auto steps = static_cast<uint32_t>(std::lround(whole * share / step));
  return std::max(step, steps * step);
}

uint32_t kept_count(uint32_t whole, double share) {
  if (share >= 1 || whole == 0) return whole;
  return std::max(1u, static_cast<uint32_t>(std::lround(whole * share)));
}

void prune_heads(uint32_t& heads, uint32_t& kv_heads, double share) {
  if (share >= 1 || kv_heads == 0) return;
  if (kv_heads == 1) {
    heads = kept_count(heads, share);
    return;
  }
  const uint32_t group = heads / kv_heads;
  kv_heads = kept_count(kv_heads, share);
  heads = kv_heads * group;
}

bool plain_attention(const ModelShape& shape) {
  return std::all_of(shape.per_layer.begin(), shape.per_layer.end(), [](const Layer& layer) {
    return layer.mixer == Mixer::attention && !layer.attention_too;
  });
}

/// Why `shape` cannot be pruned so. Empty where it can.
std::string refusal(const ModelShape& shape, const Pruning& pruning) {
  if (!shape.undisclosed.empty()) return shape.undisclosed;
  if (!shape.file_format.empty()) return "a file's tensors are what they are: name the model it was made of";
  if (shape.encoder_layers) return "encoder and decoder have layers of their own";
  if (shape.shared_layers || shape.shared_blocks) return "its layers share their weights";
  if (shape.per_layer_width || shape.bottleneck_width) return "its layers are tied to tables of their own";
  if (pruning.heads < 1 && !plain_attention(shape)) return "its layers are not all attention with heads";
  if (pruning.width < 1 && (!plain_attention(shape) || shape.vision.layers || shape.embedding_width))
    return "its width is bound to more than its layers";
  return "";
}

void remove_layers(ModelShape& shape, double share) {
  const uint32_t kept = kept_count(shape.layers, share);
  const uint32_t removed = shape.layers - kept;
  const auto end = shape.per_layer.end() - 1;
  shape.per_layer.erase(end - removed, end);
  shape.layers = kept;
}

}  // namespace

void rebuild(ModelShape& shape) {
  shape.tensors.clear();
  shape.vision_tensors.clear();
  shape.published_params = 0;
  shape.published_files.clear();
  build_shape(shape);
}

tl::expected<ModelShape, std::string> prune(const ModelShape& shape, const Pruning& pruning) {
  if (const std::string reason = refusal(shape, pruning); !reason.empty())
    return tl::unexpected(fmt::format("{} cannot be pruned so: {}", shape.name, reason));
  ModelShape small = shape;
  if (pruning.layers < 1 && shape.layers > 1) remove_layers(small, pruning.layers);
  for (uint32_t i = pruning.keep_first; i + pruning.keep_last < small.layers; ++i) {
    Layer& layer = small.per_layer[i];
    prune_heads(layer.heads, layer.kv_heads, pruning.heads);
    layer.ffn_width = kept_width(layer.ffn_width, pruning.ffn_width);
  }
  if (pruning.keep_first + pruning.keep_last == 0) {
    prune_heads(small.heads, small.kv_heads, pruning.heads);
    small.ffn_width = kept_width(small.ffn_width, pruning.ffn_width);
  }
  small.width = kept_width(small.width, pruning.width);
  rebuild(small);
  return small;
}

}  // namespace weighin
