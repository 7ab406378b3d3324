#include "models/shrink/sharing.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/shrink/pruning.h"

namespace weighin {
namespace {

bool same_weights(const Layer& a, const Layer& b) {
  return a.mixer == b.mixer && a.feed_forward == b.feed_forward && a.heads == b.heads &&
         a.kv_heads == b.kv_heads && a.ffn_width == b.ffn_width && a.attention_too == b.attention_too &&
         a.head_dim == b.head_dim && a.value_is_key == b.value_is_key && a.shared_weights == b.shared_weights;
}

tl::unexpected<std::string> refused(const ModelShape& shape, const char* what, const char* reason) {
  return tl::unexpected(fmt::format("{}: {} cannot be shared: {}", shape.name, what, reason));
}

}  // namespace

tl::expected<ModelShape, std::string> share_layers(const ModelShape& shape) {
  constexpr const char* what = "layers";
  if (!shape.undisclosed.empty() || !shape.file_format.empty())
    return refused(shape, what, "its tensors are not built here");
  if (shape.shared_layers || shape.shared_blocks) return refused(shape, what, "they are already");
  if (shape.encoder_layers || shape.bottleneck_width || shape.per_layer_width || shape.without_first_norm)
    return refused(shape, what, "they are of different kinds");
  const bool alike = shape.layers > 1 &&
                     std::all_of(shape.per_layer.begin(), shape.per_layer.end(), [&](const Layer& layer) {
                       return same_weights(layer, shape.per_layer.front());
                     });
  if (!alike) return refused(shape, what, "they are not alike");
  ModelShape shared = shape;
  shared.shared_layers = true;
  rebuild(shared);
  return shared;
}

tl::expected<ModelShape, std::string> tie_embeddings(const ModelShape& shape) {
  constexpr const char* what = "embeddings";
  if (!shape.undisclosed.empty() || !shape.file_format.empty())
    return refused(shape, what, "its tensors are not built here");
  if (!shape.head) return refused(shape, what, "it has no output head");
  if (shape.tied) return refused(shape, what, "they are already");
  ModelShape tied = shape;
  tied.tied = true;
  rebuild(tied);
  return tied;
}

}  // namespace weighin
