// The name of what a file's tensors are stored in.
#include <algorithm>
#include <array>

#include "models/file_format.h"
#include "models/import/gguf_shape.h"

namespace weighin {
namespace {

/// LLAMA_FTYPE_GUESSED (llama.cpp, include/llama.h).
constexpr uint32_t guessed = 1024;

/// The format most weights of matrices are in.
FormatId most_used(const ModelShape& shape) {
  std::array<double, static_cast<size_t>(FormatId::none) + 1> values{};
  for (const Tensor& tensor : shape.tensors)
    if (!kept_in_f32(tensor.role))
      values[static_cast<size_t>(tensor.format)] +=
          static_cast<double>(tensor.rows) * static_cast<double>(tensor.cols) * tensor.stored;
  return static_cast<FormatId>(std::max_element(values.begin(), values.end()) - values.begin());
}

}  // namespace

std::string stored_format_name(const ModelShape& shape, uint32_t file_type) {
  const FormatId most = most_used(shape);
  for (const FileFormat& format : all_file_formats()) {
    const bool stated = format.gguf_type != no_gguf && format.gguf_type == (file_type & ~guessed);
    if (stated && format.container == Container::gguf && format.base == most) return std::string(format.name);
  }
  return std::string(format_of(most).name);
}

}  // namespace weighin
