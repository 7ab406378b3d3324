#include "models/synthetic/write_gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "models/bytes/tensor_formats.h"
#include "models/synthetic/gguf_metadata.h"
#include "models/synthetic/new_file.h"
#include "models/synthetic/random_blocks.h"
#include "models/synthetic/random_pool.h"

namespace weighin {
namespace {

/// A tensor with its place in the data.
struct PlacedTensor {
  const Tensor* tensor;
  FormatId format;
  uint64_t offset;
  uint64_t bytes;
};

struct Layout {
  std::string header;
  std::vector<PlacedTensor> tensors;
  uint64_t bytes = 0;
};

std::vector<uint64_t> dimensions(const Tensor& tensor) {
  const bool vector = tensor.rows == 1 && tensor.stored == 1;
  if (vector) return {tensor.cols};
  if (tensor.stored == 1) return {tensor.cols, tensor.rows};
  return {tensor.cols, tensor.rows, tensor.stored};
}

Layout lay_out(const ModelShape& shape, const FileFormat& format, const SyntheticOptions& options) {
  GgufHeader header;
  header.add("general.architecture", std::string_view(shape.architecture));
  header.add("general.name", std::string_view(shape.name));
  if (format.gguf_type != no_gguf) header.add("general.file_type", format.gguf_type);
  add_architecture(header, shape);
  if (options.vocabulary) {
    add_vocabulary(header, shape);
  } else {
    header.add("tokenizer.ggml.model", std::string_view("no_vocab"));
  }
  Layout layout;
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  uint64_t offset = 0;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    if (tensor.stored == 0) continue;
    const uint64_t bytes = stored_bytes(tensor, formats[i]);
    header.add_tensor(tensor.name, dimensions(tensor), format_of(formats[i]).gguf_type, offset);
    layout.tensors.push_back({&tensor, formats[i], offset, bytes});
    offset += (bytes + gguf_alignment - 1) / gguf_alignment * gguf_alignment;
  }
  layout.header = header.finish();
  layout.bytes = layout.header.size() + offset;
  return layout;
}

std::string refused(const ModelShape& shape, const FileFormat& format) {
  if (!shape.undisclosed.empty()) return fmt::format("{}: {}", shape.name, shape.undisclosed);
  if (shape.architecture.empty())
    return fmt::format("{} has no GGUF form: llama.cpp does not know its architecture", shape.name);
  if (format.container != Container::gguf)
    return fmt::format("{} is no GGUF format; synthetic models are GGUF files, and of encoders ONNX files",
                       format.name);
  return "";
}

/// The standard deviation of the tensor's weights, with which a product is about as large as its input.
double deviation_of(const Tensor& tensor) {
  return 1 / std::sqrt(static_cast<double>(std::max<uint64_t>(1, tensor.cols)));
}

/// Writes weights from pools of random blocks. There is one pool for each format and length of rows.
class Weights {
 public:
  explicit Weights(uint64_t seed) : random_(seed) {}

  bool write(NewFile& file, const PlacedTensor& planned) {
    const std::vector<std::byte>& pool = pool_of(planned);
    const uint64_t block = format_of(planned.format).block_bytes;
    if (!write_from_pool(file, pool, block, planned.bytes, random_)) return false;
    const uint64_t padding = (gguf_alignment - planned.bytes % gguf_alignment) % gguf_alignment;
    constexpr char zeros[gguf_alignment] = {};
    return file.write(zeros, padding);
  }

 private:
  const std::vector<std::byte>& pool_of(const PlacedTensor& planned) {
    const TensorRole role = planned.tensor->role;
    // The exponents of state-space layers are negative, so that the state decays.
    const bool decay = planned.tensor->name.find("ssm_a") != std::string::npos;
    const bool near_one = decay || role == TensorRole::norm || role == TensorRole::table;
    auto& pool = pools_[{planned.format, decay ? UINT64_MAX : near_one ? 0 : planned.tensor->cols}];
    if (!pool.empty()) return pool;
    const uint64_t block = format_of(planned.format).block_bytes;
    pool.resize(std::max<uint64_t>(1, pool_bytes / block) * block);
    if (near_one && planned.format == FormatId::f32) {
      std::vector<float> ones(pool.size() / sizeof(float));
      std::uniform_real_distribution<float> values(0.9F, 1.1F);
      for (float& value : ones) value = decay ? -values(random_) : values(random_);
      std::memcpy(pool.data(), ones.data(), ones.size() * sizeof(float));
    } else {
      fill_random_blocks(planned.format, deviation_of(*planned.tensor), random_, pool);
    }
    return pool;
  }

  std::mt19937_64 random_;
  std::map<std::pair<FormatId, uint64_t>, std::vector<std::byte>> pools_;
};

}  // namespace

tl::expected<uint64_t, std::string> synthetic_bytes(const ModelShape& shape, const FileFormat& format,
                                                    const SyntheticOptions& options) {
  if (std::string reason = refused(shape, format); !reason.empty()) return tl::unexpected(std::move(reason));
  return lay_out(shape, format, options).bytes;
}

tl::expected<uint64_t, std::string> write_gguf(const ModelShape& shape, const FileFormat& format,
                                               const std::string& path, const SyntheticOptions& options) {
  if (std::string reason = refused(shape, format); !reason.empty()) return tl::unexpected(std::move(reason));
  const Layout layout = lay_out(shape, format, options);
  if (!options.sparse) {
    if (std::string reason = too_full(path, layout.bytes); !reason.empty())
      return tl::unexpected(std::move(reason));
  }
  NewFile file(path);
  if (!file.error().empty()) return tl::unexpected(file.error());
  file.write(layout.header.data(), layout.header.size());
  if (options.sparse) {
    file.end_at(layout.bytes);
  } else {
    Weights weights(options.seed);
    for (const PlacedTensor& planned : layout.tensors)
      if (!weights.write(file, planned)) break;
  }
  if (!file.finish()) return tl::unexpected(file.error());
  return layout.bytes;
}

}  // namespace weighin
