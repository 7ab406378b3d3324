#include "models/bytes/stored_format.h"

#include <algorithm>
#include <array>
#include <vector>

#include "models/bytes/tensor_formats.h"
#include "models/format/file_format.h"

namespace weighin {
namespace {

/// The bit LLAMA_FTYPE_GUESSED (llama.cpp, include/llama.h).
constexpr uint32_t guessed = 1024;

double values_of(const Tensor& tensor) {
  return static_cast<double>(tensor.rows) * static_cast<double>(tensor.cols) * tensor.stored;
}

/// The format that most of the matrices' weights are in.
FormatId most_used(const ModelShape& shape) {
  std::array<double, static_cast<size_t>(FormatId::none) + 1> values{};
  for (const Tensor& tensor : shape.tensors)
    if (!kept_in_f32(tensor.role)) values[static_cast<size_t>(tensor.format)] += values_of(tensor);
  return static_cast<FormatId>(std::max_element(values.begin(), values.end()) - values.begin());
}

/// Whether at least half of the matrices' weights are in the tensor format that `format` gives them.
bool follows(const ModelShape& shape, const FileFormat& format) {
  ModelShape ruled = shape;
  for (Tensor& tensor : ruled.tensors) tensor.format = FormatId::none;
  const std::vector<FormatId> formats = tensor_formats(ruled, format);
  double all = 0, same = 0;
  for (size_t i = 0; i < formats.size(); ++i) {
    if (kept_in_f32(shape.tensors[i].role)) continue;
    all += values_of(shape.tensors[i]);
    if (formats[i] == shape.tensors[i].format) same += values_of(shape.tensors[i]);
  }
  return same * 2 >= all;
}

}  // namespace

std::string stored_format_name(const ModelShape& shape, uint32_t file_type) {
  const FormatId most = most_used(shape);
  for (const FileFormat& format : all_file_formats()) {
    const bool stated = format.container == Container::gguf && format.gguf_type != no_gguf &&
                        format.gguf_type == (file_type & ~guessed);
    if (stated && (format.base == most || follows(shape, format))) return std::string(format.name);
  }
  return std::string(format_of(most).name);
}

}  // namespace weighin
