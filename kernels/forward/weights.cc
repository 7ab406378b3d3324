#include "kernels/forward/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "kernels/formats/packing.h"
#include "kernels/forward/tensor_slots.h"
#include "models/bytes/tensor_formats.h"
#include "models/gguf/tensor_roles.h"

namespace weighin {
namespace {

/// The most rows that a unit of any packing has. Bytes are counted with rows padded to whole units.
constexpr uint64_t most_unit_rows = 64;

using VoidOrError = tl::expected<void, std::string>;

uint64_t padded_rows(uint64_t rows) {
  return (rows + most_unit_rows - 1) / most_unit_rows * most_unit_rows;
}

uint64_t loaded_bytes(const Tensor& tensor, FormatId format) {
  if (kept_in_f32(tensor.role)) return piece_bytes(stored_values(tensor) * sizeof(float));
  return piece_bytes(row_bytes(format, tensor.cols) * padded_rows(tensor.rows));
}

/// The first kernel for y = W x; nullptr: there is none.
const Kernel* product_kernel(FormatId format, const KernelChoice& kernels) {
  for (const Kernel* kernel : kernels({.op = Op::gemv, .format = format}))
    if (kernel->matrix != nullptr) return kernel;
  return nullptr;
}

auto embedding_decoder(FormatId format, const KernelChoice& kernels) {
  for (const Kernel* kernel : kernels({.op = Op::embedding, .format = format})) {
    const MatrixFunctions* functions = matrix_functions_of(format, kernel->isa, Layout::plain);
    if (functions != nullptr && functions->decode != nullptr) return functions->decode;
  }
  return decltype(MatrixFunctions::decode){};
}

/// Puts the rows of each head in the order in which pairs are i and i + dim / 2, where the file has pairs 2i
/// and 2i + 1.
struct RowOrder {
  uint32_t head_dim = 0, rotary_dim = 0;  // 0: rows keep their order

  uint64_t operator()(uint64_t row) const {
    if (rotary_dim == 0) return row;
    const uint64_t at = row % head_dim, half = rotary_dim / 2;
    if (at >= rotary_dim) return row;
    return row - at + (at < half ? 2 * at : 2 * (at - half) + 1);
  }
};

/// The blocks of `rows` rows as they lie in a file. There may be fewer, which then repeat.
struct PlainRows {
  std::span<const std::byte> blocks;
  uint64_t row_bytes, rows;
  RowOrder order;

  bool repeats() const { return blocks.size() < row_bytes * rows; }
  const std::byte* row(uint64_t row) const { return blocks.data() + order(row) * row_bytes; }
};

/// Packs rows panel by panel. Rows past the end are zeros.
void pack_panels(const PlainRows& from, FormatId format, const Packing& packing, std::byte* to,
                 ThreadPool& pool) {
  const uint64_t unit_rows = packing.rows, panels = (from.rows + unit_rows - 1) / unit_rows;
  const std::vector<std::byte> zeros(from.row_bytes);
  pool.run([&](uint32_t rank) {
    std::vector<const std::byte*> rows(unit_rows);
    const Slice mine = slice_of(panels, rank, pool.threads());
    for (uint64_t panel = mine.first; panel < mine.last; ++panel) {
      for (uint64_t r = 0; r < unit_rows; ++r) {
        const uint64_t row = panel * unit_rows + r;
        rows[r] = row < from.rows ? from.row(row) : zeros.data();
      }
      pack_rows(format, packing, rows, from.row_bytes, to + panel * unit_rows * from.row_bytes);
    }
  });
}

/// Copies rows one by one, in their order.
void copy_rows(const PlainRows& from, std::byte* to, ThreadPool& pool) {
  pool.run([&](uint32_t rank) {
    const Slice mine = slice_of(from.rows, rank, pool.threads());
    for (uint64_t row = mine.first; row < mine.last; ++row)
      std::memcpy(to + row * from.row_bytes, from.row(row), from.row_bytes);
  });
}

/// Fills memory with copies of `tile`. All threads write, so that on a machine of several memory nodes it
/// lies on all of them.
void repeat(std::span<const std::byte> tile, std::byte* to, uint64_t bytes, ThreadPool& pool) {
  constexpr uint64_t page_bytes = uint64_t{2} << 20;
  pool.run([&](uint32_t rank) {
    const Slice mine = slice_of(bytes, rank, pool.threads(), page_bytes);
    for (uint64_t at = mine.first; at < mine.last;) {
      const uint64_t start = at % tile.size(), count = std::min(tile.size() - start, mine.last - at);
      std::memcpy(to + at, tile.data() + start, count);
      at += count;
    }
  });
}

class Loader {
 public:
  Loader(const ModelShape& shape, const ForwardFacts& facts, const TensorSource& source,
         const KernelChoice& kernels, ThreadPool& pool, ForwardWeights& weights)
      : shape_(shape), facts_(facts), source_(source), kernels_(kernels), pool_(pool), weights_(weights) {}

  VoidOrError load(const Tensor& tensor, FormatId format) {
    const TensorSlot place = slot_of(tensor, weights_);
    if (place.skipped) return {};
    // A tied output head has the values of the embeddings.
    const Tensor& stored = tensor.stored ? tensor : embeddings();
    auto blocks = source_(stored, format);
    if (!blocks) return tl::unexpected(blocks.error());
    if (place.vector) return load_vector(tensor, *blocks, *place.vector);
    if (tensor.role == TensorRole::token_embedding) return load_embeddings(tensor, format, *blocks);
    return load_product(tensor, format, *blocks, *place.product);
  }

 private:
  const Tensor& embeddings() const {
    return *std::find_if(shape_.tensors.begin(), shape_.tensors.end(),
                         [](const Tensor& t) { return t.role == TensorRole::token_embedding; });
  }

  RowOrder order_of(const Tensor& tensor) const {
    const std::string_view part = parse_tensor_name(tensor.name).part;
    const bool rotated =
        part == "attn_q" || part == "attn_k" || part == "attn_q_norm" || part == "attn_k_norm";
    return rotated && facts_.adjacent_pairs ? RowOrder{shape_.head_dim, facts_.rotary_dim} : RowOrder{};
  }

  VoidOrError load_vector(const Tensor& tensor, std::span<const std::byte> blocks,
                          std::span<const float>& vector) {
    const uint64_t values = stored_values(tensor);
    auto* to = reinterpret_cast<float*>(weights_.memory.take(values * sizeof(float)));
    const RowOrder order = order_of(tensor);
    for (uint64_t i = 0; i < values; ++i)
      std::memcpy(to + i, blocks.data() + order(i) * sizeof(float), sizeof(float));
    vector = {to, values};
    return {};
  }

  VoidOrError load_embeddings(const Tensor& tensor, FormatId format, std::span<const std::byte> blocks) {
    weights_.embedding_row_bytes = row_bytes(format, tensor.cols);
    weights_.decode_embedding = embedding_decoder(format, kernels_);
    if (weights_.decode_embedding == nullptr) return no_kernel(tensor, format);
    const uint64_t bytes = weights_.embedding_row_bytes * tensor.rows;
    std::byte* to = weights_.memory.take(bytes);
    repeat(blocks, to, bytes, pool_);
    weights_.embeddings = to;
    return {};
  }

  VoidOrError load_product(const Tensor& tensor, FormatId format, std::span<const std::byte> blocks,
                           Product& product) {
    const Kernel* kernel = product_kernel(format, kernels_);
    if (kernel == nullptr) return no_kernel(tensor, format);
    const MatrixFunctions* functions = kernel->matrix;
    product.functions = functions;
    product.ahead = kernel->ahead;
    product.rows = tensor.rows;
    product.cols = static_cast<uint32_t>(tensor.cols);
    product.row_bytes = row_bytes(format, tensor.cols);
    const uint64_t bytes = product.row_bytes * padded_rows(tensor.rows);
    std::byte* to = weights_.memory.take(bytes);
    product.weights = to;
    const PlainRows rows{blocks, product.row_bytes, tensor.rows, order_of(tensor)};
    const Packing& packing = functions->packing;
    if (rows.repeats()) {
      repeat(packed_tile(blocks, format, packing), to, bytes, pool_);
    } else if (packing.rows > 0) {
      pack_panels(rows, format, packing, to, pool_);
    } else {
      copy_rows(rows, to, pool_);
    }
    return {};
  }

  /// Random blocks are as random in any order, so they are packed as they come.
  std::span<const std::byte> packed_tile(std::span<const std::byte> blocks, FormatId format,
                                         const Packing& packing) {
    if (packing.rows == 0) return blocks;
    tile_.resize(blocks.size());
    const uint64_t unit = uint64_t{packing.rows} * format_of(format).block_bytes;
    for (uint64_t at = 0; at + unit <= blocks.size(); at += unit)
      pack_unit(format, packing, blocks.data() + at, tile_.data() + at);
    return tile_;
  }

  static VoidOrError no_kernel(const Tensor& tensor, FormatId format) {
    return tl::unexpected(fmt::format("No kernel here computes with tensor \"{}\" in {}.", tensor.name,
                                      format_of(format).name));
  }

  const ModelShape& shape_;
  const ForwardFacts& facts_;
  const TensorSource& source_;
  const KernelChoice& kernels_;
  ThreadPool& pool_;
  ForwardWeights& weights_;
  std::vector<std::byte> tile_;
};

}  // namespace

std::vector<FormatId> computed_formats(const ModelShape& shape, const FileFormat& format) {
  std::vector<FormatId> formats = tensor_formats(shape, format);
  for (size_t i = 0; i < formats.size(); ++i)
    formats[i] = kept_in_f32(shape.tensors[i].role) ? FormatId::f32
                                                    : kernel_format_for(formats[i], shape.tensors[i].cols);
  return formats;
}

tl::expected<uint64_t, std::string> forward_weight_bytes(const ModelShape& shape,
                                                         const std::vector<FormatId>& formats) {
  ForwardWeights places;
  places.layers.resize(shape.layers);
  uint64_t bytes = 0;
  for (size_t i = 0; i < shape.tensors.size(); ++i) {
    const TensorSlot place = slot_of(shape.tensors[i], places);
    if (!place.found())
      return tl::unexpected(fmt::format("{}: the forward pass of {} has no place for its tensor \"{}\"",
                                        shape.name, shape.architecture, shape.tensors[i].name));
    if (!place.skipped) bytes += loaded_bytes(shape.tensors[i], formats[i]);
  }
  return bytes;
}

tl::expected<ForwardWeights, std::string> load_weights(const ModelShape& shape, const ForwardFacts& facts,
                                                       const std::vector<FormatId>& formats,
                                                       const TensorSource& source,
                                                       const KernelChoice& kernels, ThreadPool& pool) {
  const auto begin = std::chrono::steady_clock::now();
  const auto bytes = forward_weight_bytes(shape, formats);
  if (!bytes) return tl::unexpected(bytes.error());
  auto memory = PageMemory::of(*bytes);
  if (!memory) return tl::unexpected(fmt::format("Weights of {}: {}", shape.name, memory.error()));
  ForwardWeights weights;
  weights.memory = std::move(*memory);
  weights.layers.resize(shape.layers);
  Loader loader(shape, facts, source, kernels, pool, weights);
  for (size_t i = 0; i < shape.tensors.size(); ++i)
    if (const auto loaded = loader.load(shape.tensors[i], formats[i]); !loaded)
      return tl::unexpected(loaded.error());
  if (const std::string wrong = shape_mismatch(shape, facts, weights); !wrong.empty())
    return tl::unexpected(fmt::format("{}: {}", shape.name, wrong));
  weights.load_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return weights;
}

}  // namespace weighin
