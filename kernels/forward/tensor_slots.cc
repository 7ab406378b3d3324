#include "kernels/forward/tensor_slots.h"

#include <fmt/format.h>

#include <array>

#include "models/gguf/tensor_roles.h"

namespace weighin {
namespace {

/// The sizes of one layer.
struct Sizes {
  uint64_t width, queries, keys, head, ffn;
};

struct NormRow {
  std::string_view part;
  std::span<const float> LayerWeights::*vector;
  uint64_t Sizes::*values;
  bool needed;
};
constexpr std::array norms{
    NormRow{"attn_norm", &LayerWeights::attn_norm, &Sizes::width, true},
    NormRow{"attn_q_norm", &LayerWeights::q_norm, &Sizes::head, false},
    NormRow{"attn_k_norm", &LayerWeights::k_norm, &Sizes::head, false},
    NormRow{"post_attention_norm", &LayerWeights::after_attention_norm, &Sizes::width, false},
    NormRow{"ffn_norm", &LayerWeights::ffn_norm, &Sizes::width, true},
    NormRow{"post_ffw_norm", &LayerWeights::after_ffn_norm, &Sizes::width, false},
};

struct ProductRow {
  std::string_view part;
  Product LayerWeights::*product;
  uint64_t Sizes::*rows;
  uint64_t Sizes::*cols;
};
constexpr std::array products{
    ProductRow{"attn_q", &LayerWeights::q, &Sizes::queries, &Sizes::width},
    ProductRow{"attn_k", &LayerWeights::k, &Sizes::keys, &Sizes::width},
    ProductRow{"attn_v", &LayerWeights::v, &Sizes::keys, &Sizes::width},
    ProductRow{"attn_output", &LayerWeights::attn_output, &Sizes::width, &Sizes::queries},
    ProductRow{"ffn_gate", &LayerWeights::gate, &Sizes::ffn, &Sizes::width},
    ProductRow{"ffn_up", &LayerWeights::up, &Sizes::ffn, &Sizes::width},
    ProductRow{"ffn_down", &LayerWeights::down, &Sizes::width, &Sizes::ffn},
};

/// The slot of the product itself, or of its bias.
TensorSlot of_product(Product& product, std::string_view ending) {
  if (ending == "weight") return {.product = &product};
  if (ending == "bias") return {.vector = &product.bias};
  return {};
}

TensorSlot of_model(const TensorName& name, ForwardWeights& weights) {
  if (name.part == "output") return of_product(weights.output, name.ending);
  if (name.ending != "weight") return {};
  if (name.part == "token_embd") return {.embeddings = true};
  if (name.part == "output_norm") return {.vector = &weights.output_norm};
  if (name.part == "rope_freqs") return {.vector = &weights.rope_factors};
  return {};
}

}  // namespace

TensorSlot slot_of(const Tensor& tensor, ForwardWeights& weights) {
  const TensorName name = parse_tensor_name(tensor.name);
  if (name.encoder) return {};
  if (name.layer < 0) return of_model(name, weights);
  if (static_cast<size_t>(name.layer) >= weights.layers.size()) return {};
  LayerWeights& layer = weights.layers[static_cast<size_t>(name.layer)];
  // Older files keep the frequencies of the rotation with each layer. They are not needed, since they follow
  // from the base.
  if (name.part == "attn_rot_embd" || name.part == "rope_freqs") return {.skipped = true};
  for (const NormRow& row : norms)
    if (row.part == name.part && name.ending == "weight") return {.vector = &(layer.*row.vector)};
  for (const ProductRow& row : products)
    if (row.part == name.part) return of_product(layer.*row.product, name.ending);
  return {};
}

namespace {

std::string mismatch_of(const std::string& name, const Product& product, uint64_t rows, uint64_t cols) {
  if (product.functions == nullptr) return fmt::format("there is no tensor \"{}.weight\"", name);
  if (product.rows != rows || product.cols != cols)
    return fmt::format("tensor \"{}.weight\" is {} x {}, where {} x {} is expected", name, product.rows,
                       product.cols, rows, cols);
  if (!product.bias.empty() && product.bias.size() != rows)
    return fmt::format("tensor \"{}.bias\" has {} values, where {} are expected", name, product.bias.size(),
                       rows);
  return "";
}

std::string mismatch_of(const std::string& name, std::span<const float> vector, uint64_t values) {
  if (vector.size() == values) return "";
  if (vector.empty()) return fmt::format("there is no tensor \"{}.weight\"", name);
  return fmt::format("tensor \"{}.weight\" has {} values, where {} are expected", name, vector.size(),
                     values);
}

}  // namespace

std::string shape_mismatch(const ModelShape& shape, const ForwardFacts& facts,
                           const ForwardWeights& weights) {
  std::string wrong;
  const auto hold = [&](std::string found) {
    if (wrong.empty()) wrong = std::move(found);
  };
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    const Layer& layer = shape.per_layer[i];
    const uint64_t head = head_dim_of(shape, layer);
    const Sizes sizes{shape.width, layer.heads * head, layer.kv_heads * head, head, layer.ffn_width};
    const LayerWeights& of_layer = weights.layers[i];
    for (const NormRow& row : norms)
      if (row.needed || !(of_layer.*row.vector).empty())
        hold(mismatch_of(fmt::format("blk.{}.{}", i, row.part), of_layer.*row.vector, sizes.*row.values));
    for (const ProductRow& row : products)
      hold(mismatch_of(fmt::format("blk.{}.{}", i, row.part), of_layer.*row.product, sizes.*row.rows,
                       sizes.*row.cols));
  }
  if (weights.embeddings == nullptr) hold("there is no tensor \"token_embd.weight\"");
  hold(mismatch_of("output_norm", weights.output_norm, shape.width));
  hold(mismatch_of("output", weights.output, shape.vocab, shape.width));
  if (!weights.rope_factors.empty())
    hold(mismatch_of("rope_freqs", weights.rope_factors, facts.rotary_dim / 2));
  return wrong;
}

}  // namespace weighin
