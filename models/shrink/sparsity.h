// Sparse weights: what is stored of matrices some of whose values are zero. The zeros are only worth
// something where the places of the others cost less than the zeros did.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

enum class SparseKind : uint8_t {
  none,
  two_of_four,  // two of every four neighbouring values are kept
  bitmap,       // any values are zero; one bit a value says which
  csr,          // the same; compressed sparse rows: a column number a kept value, a place a row
};
std::string_view sparse_name(SparseKind kind);

struct Sparsity {
  SparseKind kind = SparseKind::none;
  double kept = 1;  // share of the values; a half for two_of_four
};

/// The matrices that are pruned: products inside layers. Embeddings, the output head, routers and vectors
/// stay (Wanda, arXiv 2306.11695).
bool made_sparse(const Tensor& tensor);

/// Bytes of one matrix of `rows` x `cols` in `format`. Kept values take what they took, their share of
/// scales with them; 2 bits of index each kept value for two_of_four (NVIDIA Ampere architecture white paper,
/// 2020: metadata of the compressed form), one bit a value for a bitmap, and for csr 16 or 32 bits a kept
/// value (32 where there are more than 65536 columns) and 32 bits a row.
uint64_t sparse_bytes(Sparsity sparsity, FormatId format, uint64_t rows, uint64_t cols);

/// Bytes of the stored tensors with its matrices made sparse; weights_bytes for SparseKind::none.
uint64_t sparse_weights_bytes(const ModelShape& shape, const FileFormat& format, Sparsity sparsity);

/// Bytes that one token reads: every matrix it is multiplied with, as often as it is used, and the keys and
/// values (f16) of `depth` earlier tokens. A layer that is stored once and computed twelve times is read
/// twelve times.
uint64_t bytes_read_per_token(const ModelShape& shape, const FileFormat& format, Sparsity sparsity,
                              uint32_t depth);

}  // namespace weighin
