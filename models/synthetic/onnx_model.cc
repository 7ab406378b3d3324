#include "models/synthetic/onnx_model.h"

#include <bit>

namespace weighin {
namespace {

// ir_version 8 came with opset 17 (github.com/onnx/onnx, docs/Versioning.md), which has LayerNormalization.
constexpr uint64_t ir_version = 8, opset = 17;

void put_varint(std::string& bytes, uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  bytes += static_cast<char>(value);
}

enum class Wire : uint32_t { varint = 0, length = 2, fixed32 = 5 };

void put_tag(std::string& bytes, uint32_t field, Wire wire) {
  put_varint(bytes, field << 3 | static_cast<uint32_t>(wire));
}

void put(std::string& bytes, uint32_t field, uint64_t value) {
  put_tag(bytes, field, Wire::varint);
  put_varint(bytes, value);
}

/// A string, or a complete message.
void put(std::string& bytes, uint32_t field, std::string_view value) {
  put_tag(bytes, field, Wire::length);
  put_varint(bytes, value.size());
  bytes += value;
}

void put_float(std::string& bytes, uint32_t field, float value) {
  put_tag(bytes, field, Wire::fixed32);
  const auto bits = std::bit_cast<uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift);
}

/// A TensorProto up to the length of its raw_data. The values must follow.
std::string tensor_head(std::string_view name, OnnxType type, const std::vector<uint64_t>& dimensions,
                        uint64_t value_bytes) {
  std::string tensor;
  for (const uint64_t dimension : dimensions) put(tensor, 1, dimension);
  put(tensor, 2, static_cast<uint64_t>(type));
  put(tensor, 8, name);
  put_tag(tensor, 9, Wire::length);
  put_varint(tensor, value_bytes);
  return tensor;
}

/// A ValueInfoProto: the name, and type.tensor_type with elem_type and shape.
std::string value_info(std::string_view name, OnnxType type,
                       std::initializer_list<OnnxGraph::Dimension> dimensions) {
  std::string shape, tensor_type, type_proto, info;
  for (const OnnxGraph::Dimension& dimension : dimensions) {
    std::string one;
    if (const auto* number = std::get_if<int64_t>(&dimension)) {
      put(one, 1, static_cast<uint64_t>(*number));
    } else {
      put(one, 2, std::get<std::string_view>(dimension));
    }
    put(shape, 1, one);
  }
  put(tensor_type, 1, static_cast<uint64_t>(type));
  put(tensor_type, 2, shape);
  put(type_proto, 1, tensor_type);
  put(info, 1, name);
  put(info, 2, type_proto);
  return info;
}

/// An AttributeProto. Of AttributeType, FLOAT is 1, INT 2 and INTS 7.
std::string attribute_bytes(const OnnxAttribute& attribute) {
  std::string bytes;
  put(bytes, 1, attribute.name);
  if (const auto* number = std::get_if<int64_t>(&attribute.value)) {
    put(bytes, 3, static_cast<uint64_t>(*number));
    put(bytes, 20, uint64_t{2});
  } else if (const auto* real = std::get_if<float>(&attribute.value)) {
    put_float(bytes, 2, *real);
    put(bytes, 20, uint64_t{1});
  } else {
    for (const int64_t value : std::get<std::vector<int64_t>>(attribute.value))
      put(bytes, 8, static_cast<uint64_t>(value));
    put(bytes, 20, uint64_t{7});
  }
  return bytes;
}

}  // namespace

uint64_t onnx_type_bytes(OnnxType type) {
  switch (type) {
    case OnnxType::float32:
      return 4;
    case OnnxType::int8:
      return 1;
    case OnnxType::int64:
      return 8;
    case OnnxType::float16:
      return 2;
  }
  return 0;
}

uint64_t OnnxWeight::values() const {
  uint64_t product = 1;
  for (const uint64_t dimension : dimensions) product *= dimension;
  return product;
}

void OnnxGraph::input(std::string_view name, OnnxType type, std::initializer_list<Dimension> dimensions) {
  put(inputs_, 11, value_info(name, type, dimensions));
}

void OnnxGraph::output(std::string_view name, OnnxType type, std::initializer_list<Dimension> dimensions) {
  put(outputs_, 12, value_info(name, type, dimensions));
}

void OnnxGraph::node(std::string_view operation, const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs, const std::vector<OnnxAttribute>& attributes) {
  std::string node;
  for (const std::string& name : inputs) put(node, 1, name);
  for (const std::string& name : outputs) put(node, 2, name);
  put(node, 3, outputs.front());
  put(node, 4, operation);
  for (const OnnxAttribute& attribute : attributes) put(node, 5, attribute_bytes(attribute));
  put(nodes_, 1, node);
}

void OnnxGraph::constant(std::string_view name, OnnxType type, const std::vector<uint64_t>& dimensions,
                         std::string_view little_endian) {
  std::string tensor = tensor_head(name, type, dimensions, little_endian.size());
  tensor += little_endian;
  put(constants_, 5, tensor);
}

OnnxPieces OnnxGraph::finish() const {
  OnnxPieces pieces;
  std::string graph = nodes_;
  put(graph, 2, name_);
  graph += inputs_ + outputs_ + constants_;
  uint64_t graph_bytes = graph.size();
  for (const OnnxWeight& weight : weights_) {
    const std::string tensor = tensor_head(weight.name, weight.type, weight.dimensions, weight.bytes());
    std::string head;
    put_tag(head, 5, Wire::length);
    put_varint(head, tensor.size() + weight.bytes());
    head += tensor;
    graph_bytes += head.size() + weight.bytes();
    pieces.weight_heads.push_back(std::move(head));
  }
  put(pieces.head, 1, ir_version);
  put(pieces.head, 2, std::string_view("weighin"));
  std::string operators;
  put(operators, 1, std::string_view());  // the operators of ONNX itself
  put(operators, 2, opset);
  put(pieces.head, 8, operators);
  put_tag(pieces.head, 7, Wire::length);
  put_varint(pieces.head, graph_bytes);
  pieces.bytes = pieces.head.size() + graph_bytes;
  pieces.head += graph;
  return pieces;
}

}  // namespace weighin
