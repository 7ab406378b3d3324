#include "models/synthetic/onnx_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "models/synthetic/half.h"

namespace weighin {
namespace {

/// layer_norm_eps of BERT's configuration (transformers, configuration_bert.py).
constexpr float epsilon = 1e-12F;
/// Added to the scores of masked tokens (google-research/bert, modeling.py, attention_layer).
constexpr double masked = -10000;
/// Standard deviation of uniform values in -64..63. Weights have seven bits (reduce_range), so that sums of
/// two products stay within 16 bits (ONNX Runtime, "Quantize ONNX models").
constexpr double seven_bit_spread = 36.95;

/// Builds the graph of one model.
class Encoder {
 public:
  Encoder(const ModelShape& shape, FileFormatId format)
      : shape_(shape),
        real_(format == FileFormatId::onnx_fp16 ? OnnxType::float16 : OnnxType::float32),
        quantized_(format == FileFormatId::onnx_int8),
        graph_(shape.name) {}

  tl::expected<OnnxGraph, std::string> build() {
    inputs();
    std::string hidden = embeddings();
    const std::string mask = mask_of_scores();
    for (uint32_t i = 0; i < shape_.layers && error_.empty(); ++i) hidden = layer(i, hidden, mask);
    graph_.node(real_ == OnnxType::float32 ? "Identity" : "Cast", {hidden}, {"last_hidden_state"},
                real_ == OnnxType::float32 ? std::vector<OnnxAttribute>{}
                                           : std::vector<OnnxAttribute>{to(OnnxType::float32)});
    graph_.output("last_hidden_state", OnnxType::float32, {"batch", "sequence", int64_t{shape_.width}});
    for (const Tensor& tensor : shape_.tensors)
      if (tensor.stored && !tensor.name.starts_with("cls.") && !taken_.contains(tensor.name))
        fail(tensor.name);
    if (!error_.empty()) return tl::unexpected(error_);
    return std::move(graph_);
  }

 private:
  static OnnxAttribute to(OnnxType type) { return {"to", static_cast<int64_t>(type)}; }
  static OnnxAttribute perm(std::vector<int64_t> axes) { return {"perm", std::move(axes)}; }

  void fail(std::string_view tensor) {
    if (error_.empty())
      error_ = fmt::format("{} is no encoder of BERT's kind, which is what ONNX files are made of here ({})",
                           shape_.name, tensor);
  }

  /// Adds a node with one output called `name`, and returns that name.
  std::string node(std::string_view operation, const std::vector<std::string>& inputs, std::string name,
                   const std::vector<OnnxAttribute>& attributes = {}) {
    graph_.node(operation, inputs, {name}, attributes);
    return name;
  }

  std::string integers(std::string name, const std::vector<int64_t>& values, bool scalar = false) {
    std::string bytes;
    for (const int64_t value : values)
      for (int shift = 0; shift < 64; shift += 8)
        bytes += static_cast<char>(static_cast<uint64_t>(value) >> shift);
    graph_.constant(name, OnnxType::int64, scalar ? std::vector<uint64_t>{} : std::vector{values.size()},
                    bytes);
    return name;
  }

  /// Adds a scalar in the graph's floating-point type.
  std::string real(std::string name, double value) {
    const bool half = real_ == OnnxType::float16;
    const uint32_t bits = half ? half_of(value) : std::bit_cast<uint32_t>(static_cast<float>(value));
    std::string bytes;
    for (int shift = 0; shift < (half ? 16 : 32); shift += 8) bytes += static_cast<char>(bits >> shift);
    graph_.constant(name, real_, {}, bytes);
    return name;
  }

  /// The tensor called `name`, or the first layer's where that has its values (ALBERT).
  const Tensor* find(const std::string& name) {
    const auto found = std::find_if(shape_.tensors.begin(), shape_.tensors.end(),
                                    [&](const Tensor& tensor) { return tensor.name == name; });
    if (found == shape_.tensors.end()) return nullptr;
    if (found->stored || found->layer < 1) return &*found;
    const size_t prefix = fmt::format("blk.{}.", found->layer).size();
    return find("blk.0." + found->name.substr(prefix));
  }

  /// Declares the weight called `name`, unless that was done before. Returns its name in the graph.
  std::string weight(const std::string& name) {
    const Tensor* tensor = find(name);
    if (!tensor) {
      fail("without " + name);
      return name;
    }
    if (!taken_.insert(tensor->name).second) return tensor->name;
    const bool table = looked_up(tensor->role),
               vector = tensor->rows == 1 && !table && kept_in_f32(tensor->role);
    OnnxWeight weight{.name = tensor->name,
                      .type = real_,
                      .dimensions = {tensor->cols, tensor->rows},  // ONNX multiplies x by W
                      .kind = tensor->role == TensorRole::norm ? WeightKind::near_one : WeightKind::spread,
                      .deviation = 1 / std::sqrt(static_cast<double>(tensor->cols))};
    if (table) weight.dimensions = {tensor->rows, tensor->cols};
    if (vector) weight.dimensions = {tensor->cols};
    if (!quantized_ || vector) {
      graph_.weight(weight);
      return tensor->name;
    }
    // One scale and one zero point for each output of a product, or for a whole table.
    const auto scales = table ? std::vector<uint64_t>{} : std::vector<uint64_t>{tensor->rows};
    graph_.weight({tensor->name + "_scale", OnnxType::float32, scales, WeightKind::scale,
                   weight.deviation / seven_bit_spread});
    graph_.weight({tensor->name + "_zero_point", OnnxType::int8, scales, WeightKind::zero, 0});
    weight.name += "_quantized";
    weight.type = OnnxType::int8;
    graph_.weight(weight);
    return tensor->name;
  }

  void inputs() {
    graph_.input("input_ids", OnnxType::int64, {"batch", "sequence"});
    graph_.input("attention_mask", OnnxType::int64, {"batch", "sequence"});
    if (shape_.token_types > 1) graph_.input("token_type_ids", OnnxType::int64, {"batch", "sequence"});
    integers("zero", {0}, true);
    integers("one", {1}, true);
    integers("axes_of_heads", {1, 2});
    const int64_t head = shape_.head_dim;
    integers("shape_of_heads", {0, 0, shape_.heads, head});
    integers("shape_of_rows", {0, 0, shape_.heads * head});
    real("real_one", 1);
    real("masked", masked);
    real("scale_of_scores", 1 / std::sqrt(static_cast<double>(shape_.head_dim)));
    if (shape_.activation == Activation::gelu) {
      real("half", 0.5);
      real("root_half", std::sqrt(0.5));
    }
  }

  std::string look_up(const std::string& table, const std::string& rows, const std::string& name) {
    const std::string values = weight(table);
    if (!quantized_) return node("Gather", {values, rows}, name);
    const std::string found = node("Gather", {values + "_quantized", rows}, name + ".quantized");
    return node("DequantizeLinear", {found, values + "_scale", values + "_zero_point"}, name);
  }

  std::string normalize(const std::string& input, const std::string& norm) {
    return node("LayerNormalization", {input, weight(norm + ".weight"), weight(norm + ".bias")},
                norm + ".normalized", {{"axis", int64_t{-1}}, {"epsilon", epsilon}});
  }

  /// input x W + b.
  std::string product(const std::string& input, const std::string& matrix, const std::string& name) {
    const std::string values = weight(matrix + ".weight"), bias = weight(matrix + ".bias");
    if (!quantized_) return node("Add", {node("MatMul", {input, values}, name + ".product"), bias}, name);
    if (bytes_of_.insert(input).second)
      graph_.node("DynamicQuantizeLinear", {input},
                  {input + ".bytes", input + ".bytes_scale", input + ".bytes_zero_point"});
    const std::string sums =
        node("MatMulInteger",
             {input + ".bytes", values + "_quantized", input + ".bytes_zero_point", values + "_zero_point"},
             name + ".sums");
    const std::string scale = node("Mul", {input + ".bytes_scale", values + "_scale"}, name + ".scale");
    const std::string reals = node("Cast", {sums}, name + ".reals", {to(OnnxType::float32)});
    return node("Add", {node("Mul", {reals, scale}, name + ".product"), bias}, name);
  }

  std::string embeddings() {
    const std::string size = node("Shape", {"input_ids"}, "size", {{"start", int64_t{1}}});
    const std::string count = node("Squeeze", {size}, "count");
    const std::string places = node("Range", {"zero", count, "one"}, "places");
    std::string sum = node("Add",
                           {look_up("token_embd.weight", "input_ids", "tokens"),
                            look_up("position_embd.weight", places, "positions")},
                           "embedded");
    if (shape_.token_types)
      sum = node(
          "Add",
          {sum, look_up("token_types.weight", shape_.token_types > 1 ? "token_type_ids" : "zero", "types")},
          "embedded_types");
    const std::string normal = normalize(sum, "token_embd_norm");
    return find("embedding_projection.weight") ? product(normal, "embedding_projection", "projected")
                                               : normal;
  }

  /// The mask that is added to scores, batch x 1 x 1 x sequence: 0 for a token that is seen, else `masked`.
  std::string mask_of_scores() {
    const std::string seen = node("Cast", {"attention_mask"}, "seen", {to(real_)});
    const std::string unseen =
        node("Mul", {node("Sub", {"real_one", seen}, "unseen"), "masked"}, "subtracted");
    return node("Unsqueeze", {unseen, "axes_of_heads"}, "mask");
  }

  std::string heads_of(const std::string& input, const std::string& part, std::vector<int64_t> axes) {
    const std::string rows = node("Reshape", {product(input, part, part), "shape_of_heads"}, part + ".heads");
    return node("Transpose", {rows}, part + ".turned", {perm(std::move(axes))});
  }

  std::string attention(const std::string& at, const std::string& input, const std::string& mask) {
    const std::string query = heads_of(input, at + "attn_q", {0, 2, 1, 3});
    const std::string key = heads_of(input, at + "attn_k", {0, 2, 3, 1});
    const std::string value = heads_of(input, at + "attn_v", {0, 2, 1, 3});
    const std::string products = node("MatMul", {query, key}, at + "scores");
    const std::string scaled = node("Mul", {products, "scale_of_scores"}, at + "scaled");
    const std::string shares =
        node("Softmax", {node("Add", {scaled, mask}, at + "masked")}, at + "shares", {{"axis", int64_t{-1}}});
    const std::string seen = node("MatMul", {shares, value}, at + "seen");
    const std::string turned = node("Transpose", {seen}, at + "turned", {perm({0, 2, 1, 3})});
    const std::string rows = node("Reshape", {turned, "shape_of_rows"}, at + "rows");
    return product(rows, at + "attn_output", at + "attn_output");
  }

  std::string activated(const std::string& input, const std::string& at) {
    if (shape_.activation == Activation::relu) return node("Relu", {input}, at + "relu");
    const std::string erf = node("Erf", {node("Mul", {input, "root_half"}, at + "rooted")}, at + "erf");
    const std::string share =
        node("Mul", {node("Add", {erf, "real_one"}, at + "above"), "half"}, at + "share");
    return node("Mul", {input, share}, at + "gelu");
  }

  std::string layer(uint32_t index, const std::string& input, const std::string& mask) {
    const std::string at = fmt::format("blk.{}.", index);
    const std::string attended = node("Add", {attention(at, input, mask), input}, at + "attended");
    const std::string normal = normalize(attended, at + "attn_output_norm");
    const std::string up = activated(product(normal, at + "ffn_up", at + "ffn_up"), at);
    const std::string down = product(up, at + "ffn_down", at + "ffn_down");
    return normalize(node("Add", {down, normal}, at + "sum"), at + "layer_output_norm");
  }

  const ModelShape& shape_;
  OnnxType real_;
  bool quantized_;
  OnnxGraph graph_;
  std::set<std::string> taken_;     // tensors that are in the graph already
  std::set<std::string> bytes_of_;  // activations that are quantized already
  std::string error_;
};

std::string refused(const ModelShape& shape, const FileFormat& format) {
  using enum FileFormatId;
  if (!shape.undisclosed.empty()) return fmt::format("{}: {}", shape.name, shape.undisclosed);
  if (format.id != onnx_fp32 && format.id != onnx_fp16 && format.id != onnx_int8)
    return fmt::format("{}: synthetic ONNX files are onnx-fp32, onnx-fp16 or onnx-int8", format.name);
  const bool plain = shape.activation == Activation::gelu || shape.activation == Activation::relu;
  const bool windows =
      std::any_of(shape.per_layer.begin(), shape.per_layer.end(), [](const Layer& l) { return l.window; });
  if (shape.task != Task::encode || shape.norm_place != NormPlace::after || shape.norm != NormKind::layer ||
      shape.rope || shape.bottleneck_width || shape.relative_buckets || windows || !plain ||
      shape.heads != shape.kv_heads)
    return fmt::format("{} is no encoder of BERT's kind, which is what ONNX files are made of here",
                       shape.name);
  return "";
}

}  // namespace

tl::expected<OnnxGraph, std::string> encoder_graph(const ModelShape& shape, const FileFormat& format) {
  if (std::string reason = refused(shape, format); !reason.empty()) return tl::unexpected(std::move(reason));
  return Encoder(shape, format.id).build();
}

}  // namespace weighin
