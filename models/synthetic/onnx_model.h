// An ONNX file as bytes: a graph in protobuf's wire format. The values of weights are left out, so that a
// writer can stream them.
//
// This is not done by protobuf's library, because that holds a whole message in memory. Field numbers:
// github.com/onnx/onnx, onnx/onnx.proto. Wire format: protobuf.dev/programming-guides/encoding.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weighin {

/// TensorProto.DataType.
enum class OnnxType : uint32_t { float32 = 1, int8 = 3, int64 = 7, float16 = 10 };
uint64_t onnx_type_bytes(OnnxType type);

/// The distribution of a weight's random values.
enum class WeightKind : uint8_t {
  spread,    // around zero with the standard deviation `deviation`
  near_one,  // 0.9 to 1.1, for normalizations
  scale,     // 0.9 to 1.1 times `deviation`
  zero,
};

/// An initializer whose values are not in memory.
struct OnnxWeight {
  std::string name;
  OnnxType type;
  std::vector<uint64_t> dimensions;  // the contiguous dimension last
  WeightKind kind;
  double deviation;
  uint64_t values() const;
  uint64_t bytes() const { return values() * onnx_type_bytes(type); }
};

struct OnnxAttribute {
  std::string_view name;
  std::variant<int64_t, float, std::vector<int64_t>> value;
};

/// The pieces of a file: `head`, then for each weight its own head followed by its bytes() of little-endian
/// values.
struct OnnxPieces {
  std::string head;
  std::vector<std::string> weight_heads;
  uint64_t bytes = 0;
};

/// Puts a graph together. Nodes are added in the order of computation.
class OnnxGraph {
 public:
  explicit OnnxGraph(std::string name) : name_(std::move(name)) {}
  /// A number, or a name that stands for the same unknown number everywhere.
  using Dimension = std::variant<int64_t, std::string_view>;
  void input(std::string_view name, OnnxType type, std::initializer_list<Dimension> dimensions);
  void output(std::string_view name, OnnxType type, std::initializer_list<Dimension> dimensions);
  void node(std::string_view operation, const std::vector<std::string>& inputs,
            const std::vector<std::string>& outputs, const std::vector<OnnxAttribute>& attributes = {});
  /// Adds a constant with these values. It is a scalar where `dimensions` is empty.
  void constant(std::string_view name, OnnxType type, const std::vector<uint64_t>& dimensions,
                std::string_view little_endian);
  void weight(OnnxWeight weight) { weights_.push_back(std::move(weight)); }
  const std::vector<OnnxWeight>& weights() const { return weights_; }
  /// The whole file without the values of weights.
  OnnxPieces finish() const;

 private:
  std::string name_, nodes_, constants_, inputs_, outputs_;
  std::vector<OnnxWeight> weights_;
};

}  // namespace weighin
