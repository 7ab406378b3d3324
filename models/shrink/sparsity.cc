#include "models/shrink/sparsity.h"

#include <algorithm>
#include <cmath>

#include "models/bytes/tensor_formats.h"
#include "models/bytes/weights_bytes.h"

namespace weighin {
namespace {

constexpr uint64_t two_of_four_index_bits = 2;
constexpr uint64_t widest_short_row = 65536;  // columns that 16 bits can name
constexpr uint64_t row_place_bytes = 4;

uint64_t bytes_of_bits(uint64_t bits) {
  return (bits + 7) / 8;
}

}  // namespace

std::string_view sparse_name(SparseKind kind) {
  switch (kind) {
    case SparseKind::none:
      return "dense";
    case SparseKind::two_of_four:
      return "2:4";
    case SparseKind::bitmap:
      return "bitmap";
    case SparseKind::csr:
      return "CSR";
  }
  return "";
}

bool made_sparse(const Tensor& tensor) {
  return tensor.layer >= 0 && tensor.used > 0 && tensor.rows > 1 && !kept_in_f32(tensor.role) &&
         !looked_up(tensor.role) && tensor.role != TensorRole::output;
}

uint64_t sparse_bytes(Sparsity sparsity, FormatId format, uint64_t rows, uint64_t cols) {
  const uint64_t dense = row_bytes(format, cols) * rows;
  if (sparsity.kind == SparseKind::none) return dense;
  const double share = sparsity.kind == SparseKind::two_of_four ? 0.5 : sparsity.kept;
  const auto part = [&](uint64_t whole) {
    return static_cast<uint64_t>(std::ceil(share * static_cast<double>(whole)));
  };
  const uint64_t values = part(dense), kept = part(rows * cols);
  switch (sparsity.kind) {
    case SparseKind::two_of_four:
      return values + bytes_of_bits(kept * two_of_four_index_bits);
    case SparseKind::bitmap:
      return values + bytes_of_bits(rows * cols);
    case SparseKind::csr:
      return values + kept * (cols > widest_short_row ? 4 : 2) + rows * row_place_bytes;
    case SparseKind::none:
      break;
  }
  return dense;
}

uint64_t sparse_weights_bytes(const ModelShape& shape, const FileFormat& format, Sparsity sparsity) {
  if (sparsity.kind == SparseKind::none) return weights_bytes(shape, format);
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  uint64_t sum = 0;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    const Sparsity own = made_sparse(tensor) ? sparsity : Sparsity{};
    sum += tensor.stored * sparse_bytes(own, formats[i], tensor.rows, tensor.cols);
  }
  return sum;
}

uint64_t bytes_read_per_token(const ModelShape& shape, const FileFormat& format, Sparsity sparsity,
                              uint32_t depth) {
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  uint64_t sum = 0;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    const Sparsity own = made_sparse(tensor) ? sparsity : Sparsity{};
    sum += tensor.used * sparse_bytes(own, formats[i], tensor.rows, tensor.cols);
  }
  for (const AttentionLayers& layers : shape.attention) {
    const uint64_t seen = layers.window ? std::min(layers.window, depth) : depth;
    sum += 2 * seen * layers.cached_values * layers.layers;
  }
  return sum;
}

}  // namespace weighin
