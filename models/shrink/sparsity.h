// Sparse weights: the bytes of matrices some of whose values are zero. Zeros save bytes only where the places
// of the other values take less than the zeros did.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

enum class SparseKind : uint8_t {
  none,
  two_of_four,  // two of every four neighbouring values are kept
  bitmap,       // any values are zero; one bit per value says which
  csr,          // any values are zero; compressed sparse rows: a column per kept value, an offset per row
};
std::string_view sparse_name(SparseKind kind);

struct Sparsity {
  SparseKind kind = SparseKind::none;
  double kept = 1;  // share of the values that are kept; a half for two_of_four
};

/// Whether the tensor is made sparse: matrices of products inside layers are. Embeddings, the output head,
/// routers and vectors are not (Wanda, arXiv 2306.11695).
bool made_sparse(const Tensor& tensor);

/// Bytes of one matrix of `rows` x `cols` in `format`. Kept values take their bytes in that format, with
/// their share of the scales. Their places take 2 bits per kept value for two_of_four (NVIDIA Ampere
/// architecture white paper, 2020: metadata of the compressed form), one bit per value for a bitmap, and for
/// csr 32 bits per row and 16 bits per kept value (32 where there are more than 65536 columns).
uint64_t sparse_bytes(Sparsity sparsity, FormatId format, uint64_t rows, uint64_t cols);

/// Bytes of the stored tensors where the matrices of made_sparse() are sparse. weights_bytes() for
/// SparseKind::none.
uint64_t sparse_weights_bytes(const ModelShape& shape, const FileFormat& format, Sparsity sparsity);

/// Bytes that are read for one token: every matrix that it is multiplied with, as often as it is used, and
/// the keys and values (f16) of `depth` earlier tokens. A layer that is stored once and computed twelve times
/// is read twelve times.
uint64_t bytes_read_per_token(const ModelShape& shape, const FileFormat& format, Sparsity sparsity,
                              uint32_t depth);

}  // namespace weighin
