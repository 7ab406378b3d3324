// The format of each tensor of a GGUF file, by llama.cpp's converter rule.
#include <algorithm>

#include "models/file_format.h"

namespace weighin {
namespace {

bool tied(const ModelShape& shape) {
  return std::any_of(shape.tensors.begin(), shape.tensors.end(), [](const Tensor& other) {
    return other.role == TensorRole::output && other.stored == 0;
  });
}

/// A row that is no whole number of blocks falls back to the next finer format with blocks that fit.
FormatId fallback(FormatId format, uint64_t cols) {
  if (cols % format_of(format).block_values == 0) return format;
  if (format == FormatId::q4_K) format = FormatId::q5_0;
  if (format == FormatId::q6_K) format = FormatId::q8_0;
  return cols % format_of(format).block_values == 0 ? format : FormatId::f16;
}

}  // namespace

std::vector<FormatId> tensor_formats(const ModelShape& shape, const FileFormat& format) {
  std::vector<FormatId> formats;
  formats.reserve(shape.tensors.size());
  const bool is_tied = tied(shape);
  for (const Tensor& tensor : shape.tensors) {
    if (tensor.format != FormatId::none) {
      formats.push_back(tensor.format);
      continue;
    }
    if (kept_in_f32(tensor.role)) {
      formats.push_back(FormatId::f32);
      continue;
    }
    const bool is_output =
        tensor.role == TensorRole::output || (is_tied && tensor.role == TensorRole::token_embedding);
    FormatId chosen = format.base;
    if (is_output && format_of(chosen).bits_per_weight() < format_of(FormatId::q6_K).bits_per_weight())
      chosen = FormatId::q6_K;
    formats.push_back(fallback(chosen, tensor.cols));
  }
  return formats;
}

}  // namespace weighin
