#include "models/synthetic/write_onnx.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <tuple>

#include "models/synthetic/half.h"
#include "models/synthetic/new_file.h"
#include "models/synthetic/onnx_encoder.h"
#include "models/synthetic/random_blocks.h"
#include "models/synthetic/random_pool.h"
#include "models/text/units.h"

namespace weighin {
namespace {

/// The longest message that protobuf reads (protobuf.dev/programming-guides/proto-limits).
constexpr uint64_t protobuf_bytes = std::numeric_limits<int32_t>::max();

/// A graph and the pieces of its file.
struct PlannedFile {
  OnnxGraph graph;
  OnnxPieces pieces;
};

tl::expected<PlannedFile, std::string> plan(const ModelShape& shape, const FileFormat& format) {
  auto graph = encoder_graph(shape, format);
  if (!graph) return tl::unexpected(graph.error());
  PlannedFile planned{std::move(*graph), {}};
  planned.pieces = planned.graph.finish();
  if (planned.pieces.bytes > protobuf_bytes)
    return tl::unexpected(fmt::format(
        "{} in {} would be {:.2f} GB, and an ONNX file ends at protobuf's 2.15 GB: take a smaller "
        "format (onnx-fp16, onnx-int8)",
        shape.name, format.name, in_gb(planned.pieces.bytes)));
  return planned;
}

/// Fills `pool` with f32 or f16 values between `lowest` and `highest`, which have one sign.
void fill_between(OnnxType type, double lowest, double highest, std::mt19937_64& random,
                  std::vector<std::byte>& pool) {
  std::uniform_real_distribution<double> values(lowest, highest);
  for (size_t at = 0; at < pool.size(); at += onnx_type_bytes(type)) {
    const double value = values(random);
    const auto single = static_cast<float>(value);
    const uint16_t half = half_of(value);
    if (type == OnnxType::float16) {
      std::memcpy(&pool[at], &half, sizeof half);
    } else {
      std::memcpy(&pool[at], &single, sizeof single);
    }
  }
}

/// Fills `pool` with values of seven bits, -64..63; onnx_encoder.cc says why.
void fill_seven_bits(std::mt19937_64& random, std::vector<std::byte>& pool) {
  for (std::byte& value : pool) value = static_cast<std::byte>(static_cast<int64_t>(random() >> 57) - 64);
}

/// Writes weights from pools of random values. There is one pool for each type, kind and deviation.
class Pools {
 public:
  explicit Pools(uint64_t seed) : random_(seed) {}

  bool write(NewFile& file, const OnnxWeight& weight) {
    return write_from_pool(file, pool_of(weight), onnx_type_bytes(weight.type), weight.bytes(), random_);
  }

 private:
  const std::vector<std::byte>& pool_of(const OnnxWeight& weight) {
    // Int8 values do not depend on their scale.
    const bool bytes = weight.type == OnnxType::int8;
    const bool any = bytes || weight.kind == WeightKind::near_one;
    auto& pool = pools_[{weight.type, weight.kind, any ? 0 : weight.deviation}];
    if (!pool.empty()) return pool;
    pool.resize(pool_bytes);  // zeros
    if (weight.kind == WeightKind::zero) return pool;
    if (weight.kind == WeightKind::near_one) {
      fill_between(weight.type, 0.9, 1.1, random_, pool);
    } else if (weight.kind == WeightKind::scale) {
      fill_between(weight.type, weight.deviation * 0.9, weight.deviation * 1.1, random_, pool);
    } else if (bytes) {
      fill_seven_bits(random_, pool);
    } else {
      const bool half = weight.type == OnnxType::float16;
      fill_random_blocks(half ? FormatId::f16 : FormatId::f32, weight.deviation, random_, pool);
    }
    return pool;
  }

  std::mt19937_64 random_;
  std::map<std::tuple<OnnxType, WeightKind, double>, std::vector<std::byte>> pools_;
};

}  // namespace

tl::expected<uint64_t, std::string> onnx_bytes(const ModelShape& shape, const FileFormat& format) {
  const auto planned = plan(shape, format);
  if (!planned) return tl::unexpected(planned.error());
  return planned->pieces.bytes;
}

tl::expected<uint64_t, std::string> write_onnx(const ModelShape& shape, const FileFormat& format,
                                               const std::string& path, uint64_t seed) {
  const auto planned = plan(shape, format);
  if (!planned) return tl::unexpected(planned.error());
  const OnnxPieces& pieces = planned->pieces;
  if (std::string reason = too_full(path, pieces.bytes); !reason.empty())
    return tl::unexpected(std::move(reason));
  NewFile file(path);
  file.write(pieces.head.data(), pieces.head.size());
  Pools pools(seed);
  for (size_t i = 0; i < pieces.weight_heads.size() && file.error().empty(); ++i) {
    file.write(pieces.weight_heads[i].data(), pieces.weight_heads[i].size());
    pools.write(file, planned->graph.weights()[i]);
  }
  if (!file.finish()) return tl::unexpected(file.error());
  return pieces.bytes;
}

}  // namespace weighin
